import { fromHex } from '../../protocol/bytes.js';
import { limits } from '../../protocol/limits.js';
import type { Opening } from '../../protocol/messages/exam.js';
import { leafBytes } from './leaves.js';

/** One opening with what the device sent for it, as bytes; null where that is not even hexadecimal. */
export interface SentReveal {
  readonly opening: Opening;
  readonly leaf: Uint8Array | null;
  readonly path: Uint8Array[] | null;
}

/**
 * Reads reveals that may be anything at all. Null unless they are exactly the openings that were asked, in that order.
 * Nothing longer than an honest leaf or path is decoded.
 */
export function readReveals(reveals: unknown, openings: readonly Opening[]): SentReveal[] | null {
  if (!Array.isArray(reveals) || reveals.length !== openings.length) return null;
  const sent: SentReveal[] = [];
  for (const [at, opening] of openings.entries()) {
    const reveal = fields(reveals[at]);
    if (reveal.round !== opening.round || reveal.page !== opening.page) return null;
    sent.push({ opening, leaf: bytesOf(reveal.leaf, leafBytes), path: pathOf(reveal.path) });
  }
  return sent;
}

function fields(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function pathOf(value: unknown): Uint8Array[] | null {
  if (!Array.isArray(value) || value.length > limits.pathLength) return null;
  const path: Uint8Array[] = [];
  for (const hash of value) {
    const bytes = bytesOf(hash, 32);
    if (bytes === null) return null;
    path.push(bytes);
  }
  return path;
}

function bytesOf(value: unknown, length: number): Uint8Array | null {
  if (typeof value !== 'string' || value.length !== length * 2 || !/^[0-9a-f]*$/.test(value)) return null;
  return fromHex(value);
}
