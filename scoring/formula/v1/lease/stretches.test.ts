import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joined, lengthOf, type Stretch, within, without } from './stretches.js';

const stretch = fc.record({ from: fc.integer({ min: 0, max: 40 }), to: fc.integer({ min: 0, max: 40 }) });
const unitsOf = (stretches: readonly Stretch[]) =>
  new Set(
    stretches.flatMap(({ from, to }) => Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at)),
  );

describe('stretches', () => {
  it('are joined where they touch or overlap, and gone where they are empty', () => {
    expect(
      joined([
        { from: 5, to: 7 },
        { from: 1, to: 3 },
        { from: 3, to: 4 },
        { from: 9, to: 9 },
      ]),
    ).toEqual([
      { from: 1, to: 4 },
      { from: 5, to: 7 },
    ]);
  });

  it('without others are as sets of moments are, in order', () => {
    fc.assert(
      fc.property(stretch, fc.array(stretch), (whole, others) => {
        const rest = without(whole, others);
        const left = [...unitsOf([whole])].filter((one) => !unitsOf(others).has(one));
        expect([...unitsOf(rest)]).toEqual(left);
        expect(lengthOf(rest)).toBe(left.length);
        expect(joined(rest)).toEqual(rest);
      }),
    );
  });

  it('joined are as sets of moments are, none twice', () => {
    fc.assert(
      fc.property(fc.array(stretch), (stretches) => {
        expect(unitsOf(joined(stretches))).toEqual(
          new Set([...unitsOf(stretches)].toSorted((a, b) => a - b)),
        );
        expect(lengthOf(joined(stretches))).toBe(unitsOf(stretches).size);
      }),
    );
  });

  it('within another have what both have', () => {
    expect(within({ from: 1, to: 9 }, { from: 3, to: 20 })).toEqual({ from: 3, to: 9 });
  });
});
