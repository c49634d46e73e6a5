import { type Static, Type } from 'typebox';
import { limits } from '../limits.js';

const Round = Type.Integer({ minimum: 0, maximum: limits.rounds - 1 });
const Page = Type.Integer({ minimum: 0, maximum: limits.pages - 1 });
const Walker = Type.Integer({ minimum: 0, maximum: limits.walkers - 1 });
/** Base64, because 32 leaves with their paths in hexadecimal would be 100 kB: it keeps a reveal within 64 KiB. */
export const Base64 = (bytes: number) =>
  Type.String({ pattern: '^[A-Za-z0-9+/]*={0,2}$', maxLength: Math.ceil(bytes / 3) * 4 });
/** Twice an honest leaf: one of the wrong length is a proof with a fault, not a message of the wrong form. */
const Leaf = Base64(2 * 1024);
const Path = Base64(32 * limits.pathLength);

/** One page of a compute exam. */
export const Opening = Type.Object({ round: Round, page: Page }, { additionalProperties: false });
export type Opening = Static<typeof Opening>;

/** One walker of a walk. */
export const WalkerOpening = Type.Object({ round: Round, walker: Walker }, { additionalProperties: false });
export type WalkerOpening = Static<typeof WalkerOpening>;

/**
 * A revealed leaf (base64 of 1,024 bytes, checked by the proof code) and its Merkle path (base64 of 32 bytes a node,
 * leaf upwards).
 */
export const Reveal = Type.Object(
  { round: Round, page: Page, leaf: Leaf, path: Path },
  { additionalProperties: false },
);
export type Reveal = Static<typeof Reveal>;

/** The same of a walker: its leaf has up to 256 results of 4 bytes, the last one of a round may be shorter. */
export const WalkerReveal = Type.Object(
  { round: Round, walker: Walker, leaf: Leaf, path: Path },
  { additionalProperties: false },
);
export type WalkerReveal = Static<typeof WalkerReveal>;

/** One walker of one link of an offline chain: links have one round. Links count from 1. */
export const LinkOpening = Type.Object(
  { link: Type.Integer({ minimum: 1, maximum: limits.links }), walker: Walker },
  { additionalProperties: false },
);
export type LinkOpening = Static<typeof LinkOpening>;

export const LinkReveal = Type.Object(
  { link: Type.Integer({ minimum: 1, maximum: limits.links }), walker: Walker, leaf: Leaf, path: Path },
  { additionalProperties: false },
);
export type LinkReveal = Static<typeof LinkReveal>;
