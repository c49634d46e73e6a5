import { modulusBytes } from '../../challenges/timelock/chain.js';
import { fromBase64, fromHex } from '../../protocol/bytes.js';
import type { OfflineChain, OfflineTrial } from '../../protocol/messages/offline.js';

/** A chain as it was handed out, its bytes read. */
export interface Chain {
  readonly token: string;
  /** 256 bytes, big-endian. */
  readonly modulus: Uint8Array;
  /** 32 bytes. */
  readonly seed: Uint8Array;
  /** Of one link. */
  readonly squarings: number;
  readonly links: number;
  /** In ascending order. */
  readonly cards: readonly { readonly card: number; readonly tableSeed: string }[];
}

/** @returns null where its modulus or the order of its cards is none that can be worked with */
export function readChain({
  token,
  modulus,
  seed,
  squarings,
  links,
  cards,
}: Omit<OfflineChain, 'type'>): Chain | null {
  const bytes = readModulus(modulus);
  const ascending = cards.every(({ card }, at) => at === 0 || card > (cards[at - 1]?.card ?? card));
  if (bytes === null || !ascending) return null;
  return { token, modulus: bytes, seed: fromHex(seed), squarings, links, cards };
}

/** @returns 256 bytes with the highest bit set, or null where it is something else */
export function readModulus(modulus: OfflineTrial['modulus']): Uint8Array | null {
  const bytes = fromBase64(modulus);
  const whole = bytes?.length === modulusBytes && ((bytes[0] as number) & 0x80) !== 0;
  return whole ? bytes : null;
}
