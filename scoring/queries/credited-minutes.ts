import { minuteOf } from './placed.js';

/**
 * The minutes that a credit covers, since 1970, in order: each of which some part lies in it.
 *
 * @param from begin of the outage, milliseconds since 1970
 * @param creditedMs of the outage, from its begin on
 */
export function creditedMinutes(from: number, creditedMs: number): number[] {
  if (creditedMs <= 0) return [];
  const first = minuteOf(from);
  // The last minute begins before the credit ends.
  const last = Math.ceil((from + creditedMs) / 60_000) - 1;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
