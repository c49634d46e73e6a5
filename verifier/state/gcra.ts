import type { RateLimit, Spent } from './state.js';

/**
 * One step of the generic cell rate algorithm (ITU-T I.371, virtual scheduling). All that is kept of a limit is one instant:
 * when its bucket will be full again. `spendScript` in `redis-scripts.ts` is the same in Lua, and a test holds them together.
 *
 * Instants are whole microseconds, so that both compute them exactly.
 *
 * @param fullAt when the bucket will be full again; null where nothing was taken
 * @param now the same clock. Where it was set back, nobody waits longer than for a whole bucket.
 * @param cost 0 only asks how many are left
 * @throws RangeError for a limit or a cost that no request could ever meet
 */
export function spendStep(
  fullAt: number | null,
  now: number,
  limit: RateLimit,
  cost: number,
): { readonly fullAt: number; readonly spent: Spent } {
  assertPossible(limit, cost);
  const every = microsecondsOf(limit);
  const whole = limit.burst * every;
  const before = Math.min(Math.max(fullAt ?? now, now), now + whole);
  const after = before + cost * every;
  const allowed = after - now <= whole;
  const kept = allowed ? after : before;
  return {
    fullAt: kept,
    spent: {
      allowed,
      left: Math.floor((whole - (kept - now)) / every),
      retryMs: allowed ? 0 : Math.ceil((after - now - whole) / 1000),
    },
  };
}

/** Time in which one comes back; rounded up, so that rounding never gives more than the limit says. */
export const microsecondsOf = (limit: RateLimit): number => Math.ceil(limit.everyMs * 1000);

/** @throws RangeError */
export function assertPossible({ burst, everyMs }: RateLimit, cost: number): void {
  if (!Number.isSafeInteger(burst) || burst < 1 || !(everyMs > 0) || everyMs * burst > 1e10)
    throw new RangeError(`not a rate limit: ${burst} at once, one every ${everyMs} ms`);
  if (!Number.isSafeInteger(cost) || cost < 0 || cost > burst)
    throw new RangeError(`a cost of ${cost} where ${burst} are the most`);
}
