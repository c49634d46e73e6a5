import { TouchstoneError } from '../../protocol/error.js';

/** A receipt holds every probe of every card, and whoever asks for it has to take it in one piece: some 50 MB. */
const mostProbes = 120_000;
const longestMs = 366 * 24 * 3600_000;

/**
 * How long a lease of so many cards may last, milliseconds: at a probe every three minutes 250 days of one card, a month of eight.
 * @param meanMs between the probes of a card
 */
export const longestLeaseMs = (cards: number, meanMs: number): number =>
  Math.min(longestMs, (mostProbes * meanMs) / Math.max(cards, 1));

/** Milliseconds since 1970 of a time of a request; null where it names none. @throws TouchstoneError `lease.end-invalid` */
export function endOf(time: string | undefined): number | null {
  if (time === undefined) return null;
  const at = Date.parse(time);
  if (!Number.isFinite(at)) throw new TouchstoneError('lease.end-invalid');
  return at;
}

/**
 * @param latest that it may be, milliseconds since 1970
 * @throws TouchstoneError `lease.end-invalid`
 */
export function assertEndPossible(endsAt: number, latest: number, now: number): void {
  if (endsAt <= now || endsAt > latest) throw new TouchstoneError('lease.end-invalid');
}
