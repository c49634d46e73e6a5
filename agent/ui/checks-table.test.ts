import { describe, expect, it } from 'vitest';
import type { Check } from '../../protocol/status.js';
import { checksTable, figure } from './checks-table.js';

const check: Check = {
  check: 'compute.rate',
  measured: 60.934,
  required: 41.5,
  relation: 'at least',
  unit: 'GFLOP/s',
  verdict: 'pass',
  code: 'rate.fits-class',
  fix: 'Nothing to do.',
};

describe('table of checks', () => {
  it('says measured, required, verdict and code in columns', () => {
    const unmeasured: Check = {
      ...check,
      check: 'compute.proof',
      measured: null,
      required: null,
      verdict: 'not judged',
    };
    expect(checksTable([check, unmeasured]).slice(0, 3)).toEqual([
      'check          measured      required  verdict     code',
      'compute.rate   60.9 GFLOP/s  ≥ 41.5    pass        rate.fits-class',
      'compute.proof  -             any       not judged  rate.fits-class',
    ]);
  });

  it('says once what several checks mean that did not pass, and nothing of those that did', () => {
    const [code, fix] = ['bandwidth.unmeasured', 'Nothing is wrong.'];
    const walk = { ...check, unit: 'GB/s', verdict: 'not judged', code, fix } as const;
    const slow: Check = {
      ...check,
      verdict: 'fail',
      code: 'rate.below-class',
      fix: 'Claim the card that it is.',
    };
    const newer: Check = { ...slow, check: 'compute.new', code: 'rate.of-a-newer-version' };
    const checks = [
      check,
      slow,
      newer,
      { ...walk, check: 'memory.bandwidth' },
      { ...walk, check: 'memory.ceiling' },
    ];
    expect(checksTable(checks).slice(1 + checks.length)).toEqual([
      '  compute.rate: Slower than the claimed class. Claim the card that it is.',
      '  compute.new: Claim the card that it is.',
      '  memory.bandwidth, memory.ceiling: No figures for this memory yet. Nothing is wrong.',
    ]);
  });

  it('fits a terminal of 80 columns beside the bar that clack draws', () => {
    const rows: [string, number, number | null, string, string][] = [
      ['compute.ceiling', 12345.6, 2_000_000, 'GFLOP/s', 'rate.above-physics'],
      ['memory.bandwidth', 0.00348, null, 'GB/s', 'bandwidth.unmeasured'],
    ];
    const checks = rows.map(
      ([name, measured, required, unit, code]): Check => ({
        ...check,
        ...{ check: name, measured, required, unit, code, relation: 'at most', verdict: 'not judged' },
      }),
    );
    const table = checksTable(checks).slice(0, 1 + checks.length);
    expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(77);
  });

  it('is nothing for no checks', () => {
    expect(checksTable([])).toEqual([]);
  });

  it.each([
    [32, '32'],
    [0.85, '0.85'],
    [0.000123456, '0.000123'],
    [61234.7, '61235'],
    [1.2e12, '1200000000000'],
  ])('shows %d as %s', (value, text) => {
    expect(figure(value)).toBe(text);
  });
});
