/** How long to wait before trying again. All times in milliseconds. */
export interface Backoff {
  /** The first wait is at most this long; each further one at most twice the one before. */
  readonly baseMs: number;
  /** No wait is longer than this. */
  readonly capMs: number;
  /** A connection that lived this long was a good one: the next wait is a first wait again. */
  readonly stableMs: number;
  /** Wait after another agent with the same key took the connection over: fighting would take both down. */
  readonly supersededMs: number;
}

export const defaultBackoff: Backoff = {
  baseMs: 500,
  capMs: 30_000,
  stableMs: 30_000,
  supersededMs: 10 * 60_000,
};

/**
 * Exponential backoff with full jitter: a fleet that lost its verifier at one instant comes back spread out.
 *
 * @param failures failures in a row before this wait, 1 or more
 * @param random uniform in [0, 1)
 * @returns milliseconds, uniform in `[0, min(capMs, baseMs · 2^(failures - 1)))`
 */
export function backoffDelay(backoff: Backoff, failures: number, random: () => number): number {
  return random() * Math.min(backoff.capMs, backoff.baseMs * 2 ** (failures - 1));
}
