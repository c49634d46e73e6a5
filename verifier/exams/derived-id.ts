import { createHash } from 'node:crypto';
import type { RandomBytes } from '../../protocol/clock.js';
import { newFactId } from '../../protocol/ids.js';

/**
 * Bytes for the ids of facts that are made of something which has an id of its own. Where a verifier ends in the middle, another
 * one comes to the same facts again: by their ids the record has them once.
 *
 * @param of such as an exam's id, and what about it
 */
export function bytesOf(of: string): RandomBytes {
  const digest = new Uint8Array(createHash('sha256').update(`touchstone/v1/fact/${of}`).digest());
  return (length) => digest.slice(0, length);
}

export const derivedFactId = (of: string): string => newFactId(bytesOf(of));
