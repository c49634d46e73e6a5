import { withoutLine } from '../../protocol/line.js';

/**
 * Throughput of a transfer in Mbit/s (docs/protocol.md section 6): its bytes over its time, less one round trip, which the
 * first byte or the last answer was on the way.
 *
 * @param bytes that were proven to have come
 * @param elapsedMs from the first byte sent, or asked for, to the proof, on the verifier's clock
 * @param roundTripMs the smallest seen on the connection; null where none was
 */
export function megabitsPerSecond(bytes: number, elapsedMs: number, roundTripMs: number | null): number {
  return (bytes * 8) / 1000 / withoutLine(elapsedMs, roundTripMs);
}

/** The middle one, or the mean of the middle two; null of nothing. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
