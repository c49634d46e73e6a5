import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterPauses, leadMs, pauseAt, spreadMs } from './pauses.js';

const minute = 60_000;
const pause = (from: number, to: number) => ({ from: from * minute, to: to * minute });

describe('a plan that meets pauses', () => {
  it('is as it was where it meets none', () => {
    expect(afterPauses(10 * minute, [], 0, 0.9)).toBe(10 * minute);
    expect(afterPauses(10 * minute, [pause(60, 90), pause(-20, 0)], 0, 0.9)).toBe(10 * minute);
  });

  it('stands still in a pause and shortly before it, and goes on after it', () => {
    expect(afterPauses(30 * minute, [pause(20, 60)], 0, 0)).toBe(30 * minute + 40 * minute + leadMs);
    expect(afterPauses(0, [pause(-5, 60)], 0, 0)).toBe(60 * minute);
    expect(afterPauses(0, [pause(5, 60)], 0, 0)).toBe(60 * minute);
  });

  it('takes pauses that overlap out once, and spreads what follows', () => {
    const apart = afterPauses(30 * minute, [pause(20, 60)], 0, 0);
    expect(afterPauses(30 * minute, [pause(40, 60), pause(20, 50), pause(20, 45)], 0, 0)).toBe(apart);
    expect(afterPauses(30 * minute, [pause(20, 60)], 0, 0.5)).toBe(apart + spreadMs / 2);
  });

  it('never begins anything within a pause or so that it runs into one', () => {
    const minutes = fc.integer({ min: -100, max: 1000 });
    const pauses = fc.array(fc.tuple(minutes, fc.integer({ min: 1, max: 200 })), { maxLength: 6 });
    fc.assert(
      fc.property(pauses, fc.integer({ min: 0, max: 1000 }), (drawn, delay) => {
        const all = drawn.map(([from, length]) => pause(from, from + length));
        const at = afterPauses(delay * minute, all, 0, 0);
        expect(pauseAt(all, at)).toBeNull();
        expect(at).toBeGreaterThanOrEqual(delay * minute);
      }),
    );
  });
});
