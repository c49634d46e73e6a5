import { describe, expect, it } from 'vitest';
import memory from '../memory.json' with { type: 'json' };
import { known, nvidiaPci, viewWith } from '../testing/reports.js';
import { memoryAgainstModel } from './memory.js';

const found = (name: string | null, memoryMiB: number, more: Parameters<typeof viewWith>[0] = {}) =>
  memoryAgainstModel(viewWith({ name, memoryMiB, ...more }), known).length;

describe('memory against model', () => {
  it.each(memory.seen)('accepts $totalMiB MiB of a $name, which was seen', ({ name, totalMiB }) =>
    expect(found(name, totalMiB)).toBe(0),
  );

  it('accepts every total of the catalogue, with and without inline error correction', () => {
    const totals = known.models.flatMap(({ names: [name], totalMiB }) =>
      totalMiB && name ? [{ name, totalMiB }] : [],
    );
    expect(totals.length).toBeGreaterThan(15);
    for (const { name, totalMiB } of totals) {
      const written = name.memoryGB === null ? name.words : `${name.words} ${name.memoryGB}GB`;
      expect(found(written, totalMiB), written).toBe(0);
      const gddr = known.models.some(
        ({ totalMiB: one, die }) => one === totalMiB && !memory.hbm.includes(die ?? ''),
      );
      if (gddr && totalMiB > 24000) expect(found(written, Math.floor(totalMiB * (15 / 16))), written).toBe(0);
    }
  });

  it('finds half and one and a half times of it in every model without such boards', () => {
    for (const {
      names: [name],
      sizesMiB,
      partitions,
    } of known.models) {
      const [size] = sizesMiB;
      if (size === undefined || name === undefined || sizesMiB.length > 1 || partitions.length > 0) continue;
      const siblings = known.models.filter(({ names }) => names.some(({ words }) => words === name.words));
      if (siblings.length > 1) continue;
      expect(found(name.words, size / 2), name.words).toBe(1);
      expect(found(name.words, size * 1.5), name.words).toBe(1);
    }
  });

  it('goes by the PCI id where one name has boards of several sizes', () => {
    const name = 'NVIDIA GeForce RTX 3080';
    expect(found(name, 12288)).toBe(0);
    expect(found(name, 12288, { pci: nvidiaPci('220a') })).toBe(0);
    expect(found(name, 12288, { pci: nvidiaPci('2206') })).toBe(1);
  });

  it('does not take a sixteenth from HBM', () => {
    expect(found('NVIDIA A100-SXM4-80GB', 76800)).toBe(1);
    expect(found('NVIDIA RTX A6000', 46080)).toBe(0);
  });

  it('lets a split card report less, and never more', () => {
    expect(found('NVIDIA A100-SXM4-80GB', 9728, { mig: true })).toBe(0);
    expect(found('NVIDIA A100-SXM4-80GB', 90000, { mig: true })).toBe(1);
  });

  it('says nothing of guests, of cards without a name, and of models that are not in the catalogue', () => {
    expect(found('NVIDIA A40-12Q', 12288)).toBe(0);
    expect(found('NVIDIA A40', 12288, { virtualization: 'vgpu' })).toBe(0);
    expect(found(null, 12288, { pci: nvidiaPci('2235') })).toBe(0);
    expect(found('GeForce GTX 1070 Ti', 4096)).toBe(0);
    expect(found('Apple M2 Ultra', 196608)).toBe(0);
  });

  it('gives Windows a little more', () => {
    const card = { name: 'NVIDIA GeForce RTX 4090', memoryMiB: 23400 };
    expect(memoryAgainstModel(viewWith(card, { host: { wsl: true } }), known)).toEqual([]);
  });
});
