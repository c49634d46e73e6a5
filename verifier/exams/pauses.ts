/** A time in which nothing is begun for a device, milliseconds since 1970: `from ≤ now < to`. */
export interface Pause {
  readonly from: number;
  readonly to: number;
}

/** Nothing is begun so shortly before a pause: an exam would run into it. */
export const leadMs = 10 * 60_000;
/** What was due within a pause comes spread over this time after it, or a fleet would begin at one instant. */
export const spreadMs = 5 * 60_000;

/** The pause that holds an instant, or begins so soon that nothing is begun any more; null where there is none. */
export function pauseAt(pauses: readonly Pause[], now: number): Pause | null {
  return pauses.find(({ from, to }) => now >= from - leadMs && now < to) ?? null;
}

/**
 * Milliseconds until something is begun that is due after `delayMs` of time without pauses: the clock stands still in them. So a
 * Poisson process goes on after a pause as if there had been none, and the end of a pause says nothing about the next moment.
 *
 * @param pauses in any order
 * @param uniform in [0, 1)
 */
export function afterPauses(delayMs: number, pauses: readonly Pause[], now: number, uniform: number): number {
  let at = now + delayMs;
  /** Up to here pauses have been taken out: they may overlap. */
  let done = now;
  for (const { from, to } of pauses.toSorted((a, b) => a.from - b.from)) {
    const begins = Math.max(done, from - leadMs);
    if (to <= begins || at < begins) continue;
    at += to - begins;
    done = to;
  }
  return at - now + (done > now ? uniform * spreadMs : 0);
}
