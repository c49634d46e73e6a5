/**
 * Most that is taken off an elapsed time for the line, in milliseconds: a round trip half around the Earth by fibre,
 * with routers. A device can delay every answer but the exam's and so "have" any round trip; this bounds what it gains.
 */
export const longestRoundTripMs = 300;

/** Share of the elapsed time that is taken off at most, however short it was, where nothing else counts the whole line. */
const longestShareOfLine = 0.1;

/** By how much a device can raise its rate by feigning a long line. */
export const mostOverLine = 1 / (1 - longestShareOfLine);

/** Milliseconds of a round trip that may be taken off. @param roundTripMs smallest seen; null when none was */
export const lineOf = (roundTripMs: number | null): number =>
  Math.min(Math.max(roundTripMs ?? 0, 0), longestRoundTripMs);

/** The device's own part of an elapsed time: without its line, and with nine tenths of the time at least. Milliseconds, never 0. */
export const withoutLine = (elapsedMs: number, roundTripMs: number | null): number =>
  atLeastOneTick(elapsedMs - Math.min(lineOf(roundTripMs), elapsedMs * longestShareOfLine));

/** A monotonic clock may tick in microseconds; nothing takes less. */
export const atLeastOneTick = (milliseconds: number): number => Math.max(milliseconds, 0.001);
