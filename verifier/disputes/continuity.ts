/** Whether something was shown, as of an instant (milliseconds since 1970). */
export interface Shown {
  readonly at: number;
  readonly shows: boolean;
}

/** A break that is shorter is none, milliseconds: a driver that was away for a restart must not cost an owner its place. */
export const breakMs = 3600_000;

/**
 * Since when something is shown without a break.
 * @param told what was said over time, in any order, the same thing perhaps twice
 * @returns null where it is not shown now
 */
export function shownSince(told: readonly Shown[]): number | null {
  let since: number | null = null;
  let lostAt: number | null = null;
  for (const { at, shows } of told.toSorted((a, b) => a.at - b.at)) {
    if (!shows) lostAt ??= at;
    else {
      if (since === null || (lostAt !== null && at - lostAt > breakMs)) since = at;
      lostAt = null;
    }
  }
  return lostAt === null ? since : null;
}
