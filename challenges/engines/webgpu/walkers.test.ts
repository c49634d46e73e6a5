import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { walkersOfBank } from './walkers.js';

const u32 = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  // Close to the end, where walker numbers plus key pass 2^32.
  fc.integer({ min: 2 ** 32 - 400, max: 2 ** 32 - 1 }),
);

describe('walkersOfBank', () => {
  it('finds each walker on the one bank that the protocol puts it on', () => {
    fc.assert(
      fc.property(u32, fc.integer({ min: 1, max: 40 }), fc.nat(5), fc.nat(300), (k7, banks, leaf, count) => {
        const first = leaf * 256;
        const found: (number | undefined)[] = new Array(count).fill(undefined);
        for (let bank = 0; bank < banks; bank++) {
          for (const run of walkersOfBank(k7, banks, bank, first, count)) {
            for (let m = 0; m < run.count; m++) {
              const at = run.first + m * banks - first;
              expect(found[at]).toBeUndefined();
              found[at] = bank;
            }
          }
        }
        const expected = found.map((_, at) => ((first + at + k7) >>> 0) % banks);
        expect(found).toEqual(expected);
      }),
    );
  });
});
