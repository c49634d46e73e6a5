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
  it('says measured, required, unit, verdict and code in columns, and what to do where a check did not pass', () => {
    const unmeasured: Check = {
      ...check,
      check: 'compute.proof',
      measured: null,
      required: null,
      verdict: 'not judged',
    };
    expect(checksTable([check, unmeasured])).toEqual([
      'check          measured  required       unit     verdict     code',
      'compute.rate   60.9      at least 41.5  GFLOP/s  pass        rate.fits-class',
      'compute.proof  -         any            GFLOP/s  not judged  rate.fits-class',
      '  what to do: Nothing to do.',
    ]);
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
