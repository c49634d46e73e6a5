import { TouchstoneError } from '../../protocol/error.js';

/** A lease lasts at most a year: its receipt holds every probe. */
const longestMs = 366 * 24 * 3600_000;

/** Milliseconds since 1970 of a time of a request; null where it names none. @throws TouchstoneError `lease.end-invalid` */
export function endOf(time: string | undefined): number | null {
  if (time === undefined) return null;
  const at = Date.parse(time);
  if (!Number.isFinite(at)) throw new TouchstoneError('lease.end-invalid');
  return at;
}

/** @param begunAt since when it lasts, milliseconds since 1970 @throws TouchstoneError `lease.end-invalid` */
export function assertEndPossible(endsAt: number, begunAt: number, now: number): void {
  if (endsAt <= now || endsAt > begunAt + longestMs) throw new TouchstoneError('lease.end-invalid');
}
