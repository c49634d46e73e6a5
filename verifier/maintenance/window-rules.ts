import { TouchstoneError } from '../../protocol/error.js';

const minuteMs = 60_000;
const dayMs = 24 * 3600_000;

/** What is capped is capped within any so long a time, milliseconds. */
export const capSpanMs = 30 * dayMs;
/** No window is shorter: what comes before it, in which nothing is begun any more, must not be the longer part of it. */
export const leastWindowMs = 15 * minuteMs;
const furthestMs = 60 * dayMs;
const quietAheadMs = 7 * dayMs;
const longestQuietMs = 6 * 3600_000;

/** Milliseconds since 1970: `from ≤ t < to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface WindowRules {
  /** How long before its begin a window is declared at least, milliseconds. */
  readonly aheadMs: number;
  /** Most maintenance of a device within any 30 days, milliseconds. */
  readonly mostMs: number;
}

/** To whole minutes, as minutes are what counts: the begin to the next one, so that it is not sooner than was asked for. */
export const wholeMinutes = ({ from, to }: Span): Span => ({ from: nextMinute(from), to: nextMinute(to) });

/**
 * Whether a device may have a window.
 *
 * @param others all its windows of the last 30 days and to come
 * @throws TouchstoneError `maintenance.too-soon`, `too-short`, `too-far`, `overlaps`, `too-much`
 */
export function assertPossible(
  span: Span,
  others: readonly Span[],
  now: number,
  { aheadMs, mostMs }: WindowRules,
): void {
  if (span.from < now + aheadMs) {
    const detail = `A window begins at least ${inMinutes(aheadMs)} minutes after it is declared: now at ${timeOf(nextMinute(now + aheadMs))} at the earliest.`;
    throw new TouchstoneError('maintenance.too-soon', detail);
  }
  if (span.to - span.from < leastWindowMs) throw new TouchstoneError('maintenance.too-short');
  if (span.to > now + furthestMs) throw new TouchstoneError('maintenance.too-far');
  const other = others.find(({ from, to }) => span.from < to && from < span.to);
  if (other !== undefined) {
    const detail = `The device has a window from ${timeOf(other.from)} to ${timeOf(other.to)}.`;
    throw new TouchstoneError('maintenance.overlaps', detail);
  }
  const most = mostWithin([...others, span]);
  if (most > mostMs) {
    const detail = `It would be ${inMinutes(most)} minutes within 30 days; ${inMinutes(mostMs)} are possible.`;
    throw new TouchstoneError('maintenance.too-much', detail);
  }
}

/** @throws TouchstoneError `quiet.invalid` */
export function assertQuietPossible({ from, to }: Span, now: number): void {
  const possible =
    from >= now && from <= now + quietAheadMs && to - from >= minuteMs && to - from <= longestQuietMs;
  if (!possible) throw new TouchstoneError('quiet.invalid');
}

/**
 * When a window ends whose owner does not need it any more. Taken back as early as it had to be declared, nothing is left of it.
 * Later, its first 15 minutes stay: else windows that are always taken back at the last moment would hold off exams for nothing.
 */
export function endOf({ from, to }: Span, now: number, { aheadMs }: WindowRules): number {
  if (now + aheadMs <= from) return from;
  return Math.min(to, Math.max(nextMinute(now), from + leastWindowMs));
}

/** The same of a quiet time, which nobody gains by. */
export const quietEndOf = ({ from, to }: Span, now: number): number =>
  Math.min(to, Math.max(from, nextMinute(now)));

/** Most of the windows that any 30 days hold, milliseconds. The fullest begin or end where a window does. */
export function mostWithin(windows: readonly Span[]): number {
  const begins = windows.flatMap(({ from, to }) => [from, to - capSpanMs]);
  return Math.max(0, ...begins.map((begin) => within(windows, begin, begin + capSpanMs)));
}

function within(windows: readonly Span[], begin: number, end: number): number {
  return windows.reduce(
    (sum, { from, to }) => sum + Math.max(0, Math.min(to, end) - Math.max(from, begin)),
    0,
  );
}

const nextMinute = (at: number): number => Math.ceil(at / minuteMs) * minuteMs;
const inMinutes = (ms: number): number => Math.floor(ms / minuteMs);
const timeOf = (at: number): string => new Date(at).toISOString();
