import { describe, expect, it } from 'vitest';
import { gpuClaim, known, nvidiaPci, reportWith, viewWith } from '../testing/reports.js';
import { viewsOf } from '../view.js';
import { claimAgainstReport, claimsBeyondReport, toolAgainstFiles } from './names.js';

describe("the tool's name against the files'", () => {
  const count = (name: string | null, procName: string | null) =>
    toolAgainstFiles(viewWith({ name, procName })).length;

  it('is one, whatever belongs to the way of writing', () => {
    expect(count('NVIDIA GeForce RTX 4090', 'GeForce RTX 4090')).toBe(0);
    expect(count('NVIDIA GeForce RTX 4090', 'NVIDIA GeForce RTX 3060')).toBe(1);
    expect(count('NVIDIA A100-SXM4-80GB', 'NVIDIA A100-SXM4-40GB')).toBe(1);
  });

  it('is not held against what says nothing', () => {
    expect(count('NVIDIA GeForce RTX 4090', null)).toBe(0);
    expect(count('NVIDIA GeForce RTX 4090', 'Unknown')).toBe(0);
  });
});

describe('a claim against the report', () => {
  const count = (
    name: string | null,
    memoryMiB: number,
    claim: ReturnType<typeof gpuClaim>,
    source?: 'lspci',
  ) =>
    claimAgainstReport(
      viewWith({ claim: 0, name, memoryMiB, ...(source && { source }) }, { claims: [claim] }),
      known,
    ).length;

  it('is of the model and the memory that are reported', () => {
    const name = 'NVIDIA GeForce RTX 3060';
    expect(count(name, 12288, gpuClaim(name, 12288))).toBe(0);
    expect(count(name, 12288, gpuClaim('NVIDIA GeForce RTX 4090', 12288))).toBe(1);
    expect(count(name, 12288, gpuClaim(name, 24576))).toBe(1);
  });

  it('may name the model as the catalogue does, or as another engine', () => {
    expect(count('NVIDIA H100 80GB HBM3', 81559, gpuClaim('NVIDIA H100 SXM5', 81559))).toBe(0);
    expect(count('NVIDIA GeForce RTX 4090', 24564, gpuClaim('NVIDIA GeForce RTX 4090 (0x00002684)'))).toBe(0);
  });

  it('is held against the id of a card that its driver has no name for', () => {
    const codes = (id: string, model: string) =>
      claimAgainstReport(
        viewWith(
          { claim: 0, name: 'NVIDIA Graphics Device', pci: nvidiaPci(id) },
          { claims: [gpuClaim(model)] },
        ),
        known,
      ).length;
    expect(codes('20c2', 'NVIDIA A100 80GB PCIe')).toBe(1);
    expect(codes('20c2', 'NVIDIA Graphics Device')).toBe(0);
    expect(codes('20c2', 'NVIDIA CMP 170HX')).toBe(0);
    expect(codes('2330', 'NVIDIA H100 SXM5')).toBe(0);
    expect(codes('ffff', 'NVIDIA A100 80GB PCIe')).toBe(0);
  });

  it('is not held against names that are not listed, against lists of the bus, and against slices', () => {
    expect(count('NVIDIA GeForce RTX 3060', 12288, gpuClaim('D3D12 adapter', 0))).toBe(0);
    expect(
      count('GeForce RTX 3060 Lite Hash Rate', 0, gpuClaim('NVIDIA GeForce RTX 4090', 24564), 'lspci'),
    ).toBe(0);
    expect(count('NVIDIA A100-SXM4-80GB', 81920, gpuClaim('NVIDIA A100-SXM4-80GB MIG 1g.10gb', 9728))).toBe(
      0,
    );
    expect(claimAgainstReport(viewWith({ name: 'NVIDIA GeForce RTX 3060' }), known)).toEqual([]);
  });
});

describe('claims beside the cards that are shown', () => {
  const [name, slice] = ['NVIDIA GeForce RTX 4090', 'NVIDIA A100-SXM4-80GB MIG 1g.10gb'];
  type Cards = Parameters<typeof reportWith>[0];
  const count = (cards: Cards, claimed: readonly string[]) => {
    const claims = claimed.map((model) => gpuClaim(model));
    return claimsBeyondReport(viewsOf(reportWith(cards), claims, known), claims, known).length;
  };

  it('are found where the driver shows fewer cards', () => {
    expect(count([{ name, claim: 0 }], [name])).toBe(0);
    expect(count([{ name, claim: 0 }], [name, name])).toBe(1);
    expect(count([{ name, claim: 0 }, { name }], [name, name])).toBe(0);
    expect(count([{ name, claim: 0 }, { name: null }], [name, name])).toBe(0);
    expect(count([{ name, claim: 0 }, { name: 'NVIDIA L4' }], [name, name])).toBe(1);
  });

  it('are not held against who shows none by the driver, against other makers, and against slices', () => {
    expect(count([], [name])).toBe(0);
    expect(count([{ source: 'lspci', name }], [name, name])).toBe(0);
    expect(count([{ name, claim: 0 }], [name, 'Intel(R) UHD Graphics 770'])).toBe(0);
    expect(count([{ name: 'NVIDIA A100-SXM4-80GB', claim: 0 }], [slice, slice, slice])).toBe(0);
  });
});
