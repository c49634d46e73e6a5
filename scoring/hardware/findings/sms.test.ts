import { expect, it } from 'vitest';
import { known, viewWith } from '../testing/reports.js';
import { smsAgainstModel } from './sms.js';

const count = (name: string, sms: number, more: Parameters<typeof viewWith>[0] = {}) =>
  smsAgainstModel(viewWith({ name, sms, ...more })).length;

it('accepts the count of every model, and finds one that is not its own', () => {
  for (const {
    names: [name],
    sms,
    vendor,
  } of known.models)
    for (const one of vendor === 'nvidia' ? sms : []) expect(count(name?.words ?? '', one)).toBe(0);
  expect(count('NVIDIA GeForce RTX 4090', 28)).toBe(1);
});

it('accepts the counts of all boards of one name', () => {
  expect(count('NVIDIA GeForce RTX 3080', 68)).toBe(0);
  expect(count('NVIDIA GeForce RTX 3080', 70)).toBe(0);
  expect(count('NVIDIA A10G', 80)).toBe(0);
});

it('says nothing of slices, of other makers and of models that are not listed', () => {
  expect(count('NVIDIA A100-SXM4-40GB', 14, { mig: true })).toBe(0);
  expect(count('NVIDIA A100-SXM4-40GB', 14, { virtualization: 'vgpu' })).toBe(0);
  expect(count('Apple M1', 7)).toBe(0);
  expect(count('AMD Instinct MI300X', 38)).toBe(0);
  expect(count('NVIDIA GeForce GTX 1060', 10)).toBe(0);
});
