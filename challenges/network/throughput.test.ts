import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { median, megabitsPerSecond } from './throughput.js';

const ms = fc.double({ min: 0, max: 1e5, noNaN: true });
const bytes = fc.integer({ min: 1, max: 8 * 1024 * 1024 });

describe('throughput', () => {
  it('is bits over time', () => {
    expect(megabitsPerSecond(1_250_000, 1_000, null)).toBe(10);
    expect(megabitsPerSecond(1_250_000, 1_000, 50)).toBeCloseTo(10 / 0.95);
  });

  it('credits a line with 300 ms and a tenth of the time at most', () => {
    fc.assert(
      fc.property(bytes, ms, ms, (count, elapsed, roundTrip) => {
        const time = Math.max(elapsed, 0.001);
        const bare = megabitsPerSecond(count, time, null);
        const credited = megabitsPerSecond(count, time, roundTrip);
        expect(credited).toBeGreaterThanOrEqual(bare);
        expect(credited).toBeLessThanOrEqual((bare / 0.9) * (1 + 1e-9));
        const most = (bare * time) / Math.max(time - 300, time * 0.9);
        expect(credited).toBeLessThanOrEqual(most * (1 + 1e-9));
      }),
    );
  });

  it('is finite however short the time', () => {
    fc.assert(
      fc.property(bytes, ms, (count, roundTrip) => {
        expect(Number.isFinite(megabitsPerSecond(count, 0, roundTrip))).toBe(true);
      }),
    );
  });
});

describe('the median', () => {
  it('is the middle one, or between the middle two', () => {
    expect(median([])).toBeNull();
    expect(median([3])).toBe(3);
    expect(median([10, 1, 2])).toBe(2);
    expect(median([4, 1, 100, 2])).toBe(3);
  });

  it('has as many below as above', () => {
    fc.assert(
      fc.property(fc.array(ms, { minLength: 1 }), (values) => {
        const middle = median(values) ?? Number.NaN;
        const below = values.filter((value) => value < middle).length;
        const above = values.filter((value) => value > middle).length;
        expect(below).toBeLessThanOrEqual(values.length / 2);
        expect(above).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });
});
