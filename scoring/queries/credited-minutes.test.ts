import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { creditedMinutes } from './credited-minutes.js';

describe('creditedMinutes', () => {
  it('are those of which some part lies in the credit', () => {
    expect(creditedMinutes(60_000, 60_000)).toEqual([1]);
    expect(creditedMinutes(60_000, 60_001)).toEqual([1, 2]);
    expect(creditedMinutes(119_999, 1)).toEqual([1]);
    expect(creditedMinutes(119_999, 2)).toEqual([1, 2]);
    expect(creditedMinutes(60_000, 0)).toEqual([]);
  });

  it('are each minute m that begins before the credit ends and ends after it began', () => {
    fc.assert(
      fc.property(fc.nat(600_000), fc.integer({ min: 1, max: 600_000 }), (from, creditedMs) => {
        const all = Array.from({ length: 25 }, (_, minute) => minute);
        const expected = all.filter((m) => m * 60_000 < from + creditedMs && (m + 1) * 60_000 > from);
        expect(creditedMinutes(from, creditedMs)).toEqual(expected);
      }),
    );
  });
});
