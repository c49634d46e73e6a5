import { describe, expect, it } from 'vitest';
import { readName } from '../catalogue/card-name.js';
import boards from './boards.json' with { type: 'json' };
import { chipOfId, chipsOfName, isListedName, modelsOfName } from './identity.js';
import { known, nvidiaPci } from './testing/reports.js';

describe('what is known of hardware', () => {
  it('has a model of the catalogue for every board', () => {
    const models = known.models.map(({ model }) => model);
    for (const { model } of boards.boards) expect(models).toContain(model);
  });

  it('has every PCI id in the range of one chip', () => {
    for (const { vendor, device } of known.names.filter((one) => one.vendor === '10de')) {
      expect(device).toMatch(/^[0-9a-f]{4}$/);
      expect(chipOfId(known, nvidiaPci(device)), `${vendor}:${device}`).not.toBeNull();
    }
    const ranges = known.chips.flatMap(({ ids }) => ids).toSorted(([a], [b]) => a - b);
    for (const [at, [from, to]] of ranges.entries()) {
      expect(to).toBeGreaterThanOrEqual(from);
      expect(from).toBeGreaterThan(ranges[at - 1]?.[1] ?? 0);
    }
  });

  it('has one chip for each family of VBIOS, and its architecture for the first part of it', () => {
    const families = known.chips.flatMap(({ vbios }) => vbios);
    expect(new Set(families).size).toBe(families.length);
    for (const { architecture, vbios } of known.chips) {
      const parts = known.architectures.find(({ name }) => name === architecture)?.vbios;
      for (const family of vbios) expect(parts).toContain(family.slice(0, 2));
    }
  });

  it('agrees with the catalogue about the architecture of every model', () => {
    for (const { model, die, devices, vendor } of known.models.filter((one) => one.vendor === 'nvidia')) {
      const architecture = known.chips.find((chip) => chip.die === die)?.architecture;
      expect(architecture, `${vendor} ${model}`).toBeDefined();
      for (const device of devices)
        expect(chipOfId(known, nvidiaPci(device))?.architecture).toBe(architecture);
    }
  });

  it('knows all names of a model, by whichever list', () => {
    expect(modelsOfName(known, readName('NVIDIA H100 80GB HBM3')).map(({ model }) => model)).toEqual([
      'H100 SXM5 80GB',
    ]);
    expect(modelsOfName(known, readName('NVIDIA GeForce RTX 3080')).map(({ model }) => model)).toEqual([
      'RTX 3080 10GB',
      'RTX 3080 12GB',
    ]);
    expect(isListedName(known, readName('Quadro P5000'))).toBe(true);
    expect(isListedName(known, readName('NVIDIA GeForce RTX 9090'))).toBe(false);
    expect(chipsOfName(known, readName('NVIDIA GeForce RTX 3060')).map(({ die }) => die)).toEqual([
      'GA104',
      'GA106',
    ]);
  });
});
