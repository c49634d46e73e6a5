/**
 * Most that is taken off an elapsed time for the line, in milliseconds: a round trip half around the Earth by fibre,
 * with routers. A device can delay every answer but the exam's and so "have" any round trip; this bounds what it gains.
 */
export const longestRoundTripMs = 300;

/** Milliseconds of a round trip that may be taken off. @param roundTripMs smallest seen; null when none was */
export const lineOf = (roundTripMs: number | null): number =>
  Math.min(Math.max(roundTripMs ?? 0, 0), longestRoundTripMs);

/** A monotonic clock may tick in microseconds; nothing takes less. */
export const atLeastOneTick = (milliseconds: number): number => Math.max(milliseconds, 0.001);
