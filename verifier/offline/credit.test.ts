import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { creditOf, creditRate, fastestRate, slowestRate } from './credit.js';

const claim = fc.record({
  outageMs: fc.integer({ min: 0, max: 1e9 }),
  links: fc.integer({ min: 0, max: 1440 }),
  squarings: fc.integer({ min: 1, max: 2 ** 40 }),
  rate: fc.integer({ min: slowestRate, max: fastestRate }),
  leftMs: fc.integer({ min: -1000, max: 1e9 }),
});

describe('credit', () => {
  it('is the outage, the links at the best rate, or what is left: the least of them', () => {
    fc.assert(
      fc.property(claim, (of) => {
        const { creditedMs, code } = creditOf(of);
        const earned = Math.floor(Math.min(of.outageMs, (of.links * of.squarings * 1000) / of.rate));
        expect(creditedMs).toBeGreaterThanOrEqual(0);
        expect(Math.abs(creditedMs - Math.max(0, Math.min(earned, of.leftMs)))).toBeLessThanOrEqual(1);
        expect(code === 'offline.capped').toBe(creditedMs < earned || of.leftMs < 0);
      }),
    );
  });

  it('is worth what four links of a minute are at the rate that they were made for', () => {
    const four = { links: 4, squarings: 60_000_000, rate: 1_000_000, leftMs: 1e9 };
    expect(creditOf({ ...four, outageMs: 3600_000 })).toEqual({
      creditedMs: 240_000,
      code: 'offline.credited',
    });
    expect(creditOf({ ...four, outageMs: 100_000.7 })).toEqual({
      creditedMs: 100_000,
      code: 'offline.credited',
    });
  });

  it('takes nobody for slower than any machine of today, nor for faster', () => {
    expect([null, 10, 1e6, 1e12].map(creditRate)).toEqual([slowestRate, slowestRate, 1e6, fastestRate]);
  });
});
