import type { CardClaim } from '../../protocol/messages/cards.js';
import type { MemoryShape } from '../../protocol/shapes.js';

const MiB = 2 ** 20;
const seconds = 2;
const banks = 4;
const layers = 4;
const steps = 8;
/** A walk as long as can be felt, also on a card that reads a table of this size in a few milliseconds. */
const rounds = 32;
/** Beyond the caches of any card; a larger table shows nothing more, and its memory may be in use. */
const mostBytes = 1024 * MiB;
/** Of a card that does not say how much it has. */
const unknownBytes = 256 * MiB;

/**
 * A table that a card builds in about two seconds, in no more than a quarter of its memory: enough to see that its
 * engine is exact and how fast it is. Whether the claimed memory is there, the verifier's exam shows.
 */
export function selfTestTable({ tableGops = 1, memoryBytes }: CardClaim): MemoryShape {
  // Small pages where there is little time: they need a quarter of the work for each byte.
  const n = tableGops >= 1000 ? 1024 : 256;
  const room = Math.min(mostBytes, memoryBytes > 0 ? memoryBytes / 4 : unknownBytes);
  const bytes = Math.min(room, (tableGops * 1e9 * seconds) / (2 * n * layers));
  const pages = 2 ** Math.max(6, Math.floor(Math.log2(Math.max(1, bytes / n))));
  return { n, layers, banks, bankPages: pages / banks, rounds, walkers: pages / steps, steps };
}
