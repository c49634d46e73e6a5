import { afterEach, describe, expect, it } from 'vitest';
import type { Position } from '../journal/cursor.js';
import { LagAge } from './lag-age.js';

let age: LagAge;
afterEach(() => age.close());

/** A journal of one segment whose end and shipped place a test sets, on a clock that it moves. */
function open() {
  const now = { ms: 0, end: 0, shipped: 0 };
  const place = (offset: number): Position => ({ segment: 1, offset });
  age = new LagAge({
    clock: { monotonic: () => now.ms },
    end: () => place(now.end),
    has: ({ offset }) => offset <= now.shipped,
  });
  return (ms: number, end: number, shipped: number) => {
    Object.assign(now, { ms, end, shipped });
    age.note();
  };
}

describe('the age of what ClickHouse has not taken', () => {
  it('is nothing while ClickHouse has all', () => {
    const at = open();
    at(1_000, 10, 10);
    expect(age.ms).toBe(0);
  });

  it('is that of the oldest fact, however many come after it', () => {
    const at = open();
    at(1_000, 10, 0);
    at(2_000, 20, 0);
    at(61_000, 30, 0);
    expect(age.ms).toBe(60_000);
  });

  it('falls as ClickHouse catches up, and is nothing at the end', () => {
    const at = open();
    at(1_000, 10, 0);
    at(2_000, 20, 0);
    at(5_000, 20, 10);
    expect(age.ms).toBe(3_000);
    at(6_000, 20, 20);
    expect(age.ms).toBe(0);
  });

  it('stays that of the oldest through a day, in bounded memory', () => {
    const at = open();
    for (let second = 1; second <= 86_400; second += 1) at(second * 1_000, second, 0);
    expect(age.ms).toBe(86_399_000);
    // Half of it has come: the age is right within the coarse notes of a long outage.
    at(86_400_000, 86_400, 43_200);
    expect(age.ms).toBeLessThan(86_400_000 - 43_000_000);
    expect(age.ms).toBeGreaterThan(86_400_000 - 46_000_000);
  });
});
