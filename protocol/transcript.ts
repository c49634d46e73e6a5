import { createHash } from 'node:crypto';
import { fromHex, u32 } from './bytes.js';

// The transcript of a card over an hour or a lease (docs/protocol.md section 4): a chain of tags, one for each probe.

/** What stands for the root of a walk that did not come about: 32 zero bytes. */
export const noRoot: Uint8Array = new Uint8Array(32);

/**
 * The tag before the first entry, 32 bytes.
 * @param device 64 hexadecimal digits
 * @param transcript such as `hr_493023` or a lease's id
 */
export function firstTag(device: string, card: number, transcript: string): Uint8Array {
  return hashOf('transcript', fromHex(device), u32(card), transcript);
}

/**
 * The tag after entry `index` of a transcript, or after link `index` of an offline chain: `H(tag ‖ u32(i) ‖ root)`.
 * @param index from 1
 * @param root 32 bytes; `noRoot` where there is none
 */
export function nextTag(previous: Uint8Array, index: number, root: Uint8Array): Uint8Array {
  return hashOf(previous, u32(index), root);
}

/**
 * The walk seed of a probe. All its parts but the key are known beforehand, and the key is committed to: nobody can choose a
 * seed to somebody's liking.
 * @param key 32 bytes, secret while the transcript goes on
 * @param previous the tag before it, 32 bytes
 * @param beacon 32 bytes of a public random value of that moment; zeros where none is configured
 */
export function probeSeed(
  key: Uint8Array,
  card: number,
  index: number,
  previous: Uint8Array,
  beacon: Uint8Array,
): Uint8Array {
  return hashOf('probe', key, u32(card), u32(index), previous, beacon);
}

/** What is published of a key before anything is made of it. */
export const keyCommitment = (key: Uint8Array): Uint8Array => hashOf('probe-key', key);

/** SHA-256 of all parts, one after the other; text as UTF-8. */
export function hashOf(...parts: readonly (Uint8Array | string)[]): Uint8Array {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return new Uint8Array(sum.digest());
}
