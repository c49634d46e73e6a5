import { expect, it } from 'vitest';
import { known, viewWith } from '../testing/reports.js';
import { powerAgainstModel } from './power.js';

const codes = (name: string | null, defaultW: number | null, enforcedW: number | null = defaultW) =>
  powerAgainstModel(viewWith({ name, power: { defaultW, enforcedW, minW: null, maxW: null } }), known).map(
    ({ code, severity }) => `${severity} ${code}`,
  );

it('accepts the limits of partners, and finds those of another kind of card', () => {
  for (const watts of [250, 350, 420, 520]) expect(codes('NVIDIA GeForce RTX 3090', watts)).toEqual([]);
  expect(codes('NVIDIA GeForce RTX 3090', 115)).toEqual(['evidence hardware.power-mismatch']);
  expect(codes('Tesla T4', 250)).toEqual(['evidence hardware.power-mismatch']);
});

it('accepts the default of every model of the catalogue', () => {
  for (const { names, wattsW } of known.models)
    for (const watts of wattsW) expect(codes(names[0]?.words ?? null, watts)).toEqual([]);
});

it('notes a limit below the default', () => {
  expect(codes('NVIDIA GeForce RTX 3090', 350, 220)).toEqual(['note hardware.power-capped']);
  expect(codes('Any Other', 350, 220)).toEqual(['note hardware.power-capped']);
  expect(codes('NVIDIA GeForce RTX 3090', 350, 345)).toEqual([]);
});

it('says nothing of models that are not listed, and where there is no default', () => {
  expect(codes('NVIDIA GeForce RTX 4090 Laptop GPU', 80)).toEqual([]);
  expect(codes('NVIDIA GeForce RTX 4090', null, 80)).toEqual([]);
  expect(codes(null, 80)).toEqual([]);
});
