import { type Static, Type } from 'typebox';
import { Hex32 } from '../ids.js';
import { limits } from '../limits.js';
import { CardIndex } from './cards.js';
import { Base64, LinkOpening, LinkReveal } from './reveals.js';

// What a device does while its line is down (docs/protocol.md section 4). A chain is known by its seed.

const Milliseconds = Type.Integer({ minimum: 0, maximum: 24 * 3600_000 });
const Squarings = Type.Integer({ minimum: 1, maximum: limits.squarings });
const Links = Type.Integer({ minimum: 0, maximum: limits.links });
/** 2,048 bits, big-endian. */
const Modulus = Base64(256);
const Token = Type.String({ minLength: 1, maxLength: limits.chainToken, pattern: '^[A-Za-z0-9._-]*$' });

/** Verifier → agent: square this often from the base of `seed`, now. The clock starts. Answer `offline.solved`. */
export const OfflineTrial = Type.Object({
  type: Type.Literal('offline.trial'),
  modulus: Modulus,
  seed: Hex32,
  squarings: Squarings,
  withinMs: Milliseconds,
});
export type OfflineTrial = Static<typeof OfflineTrial>;

/** Agent → verifier: `key` is the key of the solution. */
export const OfflineSolved = Type.Object(
  { type: Type.Literal('offline.solved'), seed: Hex32, key: Hex32 },
  { additionalProperties: false },
);

/**
 * Verifier → agent: the chain to solve when the line goes down; it takes the place of the last one. `token` comes back with
 * the report. `cards` are those with a table, in ascending order: each link is followed by a walk of one round on each.
 * Nothing is answered.
 */
export const OfflineChain = Type.Object({
  type: Type.Literal('offline.chain'),
  token: Token,
  modulus: Modulus,
  seed: Hex32,
  squarings: Squarings,
  links: Links,
  cards: Type.Array(Type.Object({ card: CardIndex, tableSeed: Hex32 }), { maxItems: limits.cards }),
});
export type OfflineChain = Static<typeof OfflineChain>;

/**
 * Agent → verifier, once after a reconnection: so many links were solved while the line was down. `key` is that of the last
 * link, `tag` the last one of each card of the chain. Sent only where at least one link was solved.
 */
export const OfflineReport = Type.Object(
  {
    type: Type.Literal('offline.report'),
    token: Token,
    links: Type.Integer({ minimum: 1, maximum: limits.links }),
    key: Hex32,
    cards: Type.Array(Type.Object({ card: CardIndex, tag: Hex32 }, { additionalProperties: false }), {
      maxItems: limits.cards,
    }),
  },
  { additionalProperties: false },
);
export type OfflineReport = Static<typeof OfflineReport>;

/** Verifier → agent: show all roots of one card, and these walkers. Answer `offline.reveal` within `withinMs`. */
export const OfflineOpen = Type.Object({
  type: Type.Literal('offline.open'),
  seed: Hex32,
  card: CardIndex,
  openings: Type.Array(LinkOpening, { maxItems: limits.probeOpenings }),
  withinMs: Milliseconds,
});
export type OfflineOpen = Static<typeof OfflineOpen>;

/**
 * Agent → verifier: the roots of links 1 to the last, 32 bytes each (zeros where the card could not walk), and what was
 * asked for; no reveals where the table is gone by now.
 */
export const OfflineReveal = Type.Object(
  {
    type: Type.Literal('offline.reveal'),
    seed: Hex32,
    card: CardIndex,
    roots: Base64(32 * limits.links),
    reveals: Type.Array(LinkReveal, { maxItems: limits.probeOpenings }),
  },
  { additionalProperties: false },
);
export type OfflineReveal = Static<typeof OfflineReveal>;

/** Verifier → agent: so much of the outage counts for each card. `code` is a reason code. */
export const OfflineVerdict = Type.Object({
  type: Type.Literal('offline.verdict'),
  seed: Hex32,
  outageMs: Milliseconds,
  code: Type.String(),
  cards: Type.Array(Type.Object({ card: CardIndex, creditedMs: Milliseconds, code: Type.String() }), {
    maxItems: limits.cards,
  }),
});
export type OfflineVerdict = Static<typeof OfflineVerdict>;

export const OfflineMessage = Type.Union([OfflineSolved, OfflineReport, OfflineReveal]);
export type OfflineMessage = Static<typeof OfflineMessage>;
