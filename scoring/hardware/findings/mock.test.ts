import { expect, it } from 'vitest';
import { known, nvidiaPci, viewWith } from '../testing/reports.js';
import { mocks } from './mock.js';

const a100 = {
  driver: '550.163.01',
  vbios: '92.00.45.00.03',
  pci: nvidiaPci('20b0:1347'),
};

it('finds a card that has all values of a profile', () => {
  expect(mocks(viewWith(a100), known).map(({ code }) => code)).toEqual(['hardware.mock-profile']);
  expect(mocks(viewWith({ bus: '0000:00:00.0' }), known)).toHaveLength(1);
});

it('does not find one that has some of them, or of which some are not known', () => {
  expect(mocks(viewWith({ ...a100, pci: nvidiaPci('20b0:134f') }), known)).toEqual([]);
  expect(mocks(viewWith({ ...a100, vbios: null }), known)).toEqual([]);
  expect(mocks(viewWith({ bus: '0001:00:00.0' }), known)).toEqual([]);
  expect(mocks(viewWith({}), known)).toEqual([]);
});

it('has no profile without a value', () => {
  for (const { fields } of known.mocks) expect(Object.keys(fields).length).toBeGreaterThan(0);
});
