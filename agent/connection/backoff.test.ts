import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffDelay, defaultBackoff } from './backoff.js';

const uniform = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('backoff', () => {
  it('stays within its window, which doubles up to the cap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), uniform, (failures, drawn) => {
        const delay = backoffDelay(defaultBackoff, failures, () => drawn);
        const window = Math.min(30_000, 500 * 2 ** (failures - 1));
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThan(window);
        expect(delay).toBe(drawn * window);
      }),
    );
  });

  it('never shrinks from one failure to the next for the same draw', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), uniform, (failures, drawn) => {
        const delay = (count: number): number => backoffDelay(defaultBackoff, count, () => drawn);
        expect(delay(failures + 1)).toBeGreaterThanOrEqual(delay(failures));
      }),
    );
  });
});
