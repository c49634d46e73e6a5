import { expect, it } from 'vitest';
import { known, nvidiaPci, viewWith } from '../testing/reports.js';
import { subsystemAgainstName } from './subsystem.js';

const count = (name: string, id: string) =>
  subsystemAgainstName(viewWith({ name, pci: nvidiaPci(id) }), known).length;

it('tells boards of one device id by their subsystem', () => {
  expect(count('NVIDIA A16', '25b6:14a9')).toBe(0);
  expect(count('NVIDIA A2', '25b6:157e')).toBe(0);
  expect(count('NVIDIA A2', '25b6:14a9')).toBe(1);
  expect(count('NVIDIA A16', '25b6:157e')).toBe(1);
});

it('holds nothing against subsystems that are not listed, and against names of other ids', () => {
  expect(count('NVIDIA A2', '25b6')).toBe(0);
  expect(count('NVIDIA A2', '25b6:1fff')).toBe(0);
  expect(count('NVIDIA GeForce RTX 4090', '2684:889d')).toBe(0);
  expect(count('NVIDIA A10', '25b6:14a9')).toBe(0);
});
