/** Most that is taken off a transfer's time for the line, milliseconds: a round trip half around the Earth. */
const mostCreditedMs = 300;
/** And at most this share of the time: a device that answers pings late gains no more. */
const mostCreditedShare = 0.1;

/**
 * Throughput of a transfer in Mbit/s (docs/protocol.md section 6): its bytes over its time, less one round trip, which the
 * first byte or the last answer was on the way.
 *
 * @param bytes that were proven to have come
 * @param elapsedMs from the first byte sent, or asked for, to the proof, on the verifier's clock
 * @param roundTripMs the smallest seen on the connection; null where none was
 */
export function megabitsPerSecond(bytes: number, elapsedMs: number, roundTripMs: number | null): number {
  const line = Math.min(Math.max(roundTripMs ?? 0, 0), mostCreditedMs, elapsedMs * mostCreditedShare);
  // A monotonic clock may tick in microseconds; nothing takes less.
  return (bytes * 8) / 1000 / Math.max(elapsedMs - line, 0.001);
}

/** The middle one, or the mean of the middle two; null of nothing. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
