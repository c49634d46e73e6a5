import { u32 } from '../../protocol/bytes.js';
import { hashOf } from '../../protocol/transcript.js';
import { stream } from '../stream.js';

// A chain of squarings with a walk after each link (docs/protocol.md section 4). All that it needs is its seed: what comes
// after a link follows from its solution and from the walks, so nothing can be begun before both are there.

/** Bytes of the modulus, of a base and of a solution. */
export const modulusBytes = 256;

/** Base of the first link, or of a trial: 256 bytes big-endian. @param seed 32 bytes */
export function firstBase(seed: Uint8Array): Uint8Array {
  const base = stream(seed, 'base', 0, modulusBytes);
  // Below any modulus whose highest bit is set.
  base[0] = (base[0] as number) & 0x7f;
  return base;
}

/** `H("timelock" ‖ y)`. @param solution 256 bytes big-endian */
export const keyOf = (solution: Uint8Array): Uint8Array => hashOf('timelock', solution);

/** Seed of the walk that card `card` does after a link. @param key 32 bytes, of that link */
export const linkWalkSeed = (key: Uint8Array, card: number): Uint8Array => hashOf('walk', key, u32(card));

/** The tag of a card before the first link. @param seed 32 bytes, of the chain */
export const firstLinkTag = (seed: Uint8Array, card: number): Uint8Array =>
  hashOf('offline', seed, u32(card));

/**
 * Base of the next link.
 * @param key 32 bytes, of the link before
 * @param tags of all cards of the chain after that link's walks, 32 bytes each, in ascending order of cards
 */
export const nextBase = (key: Uint8Array, tags: readonly Uint8Array[]): Uint8Array =>
  firstBase(hashOf('link', key, ...tags));
