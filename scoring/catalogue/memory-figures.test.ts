import { describe, expect, it } from 'vitest';
import { tensorOverFp32 } from './build.js';
import { classById } from './catalogue.js';
import { memoryFigures } from './memory-figures.js';
import { loadCatalogue } from './read-catalogue.js';

const catalogue = loadCatalogue();
const bestOf = (id: string) => classById(catalogue, id)?.memory?.bestGops ?? 0;
const unit = (vendor: string, int8OverFp32: number, more: object = {}) => ({
  vendor,
  int8OverFp32,
  tableOverFp32: 1,
  source: `${vendor} ${int8OverFp32}`,
  ...more,
});
const model = { vendor: 'a', model: 'A1', die: 'D1', fp32TFLOPS: 1, bandwidthGBps: 100 };

describe('memory figures', () => {
  it('are there for every GPU that the catalogue lists, and for nothing else', () => {
    for (const { id, peakFp32Gflops, memory } of catalogue.classes)
      expect(memory !== null, id).toBe(peakFp32Gflops !== null);
  });

  it('hold an honest card to much less than a cheat could reach', () => {
    for (const { id, memory, peakFp32Gflops } of catalogue.classes) {
      if (memory === null) continue;
      expect(memory.lowGBps, id).toBeCloseTo(0.35 * memory.bandwidthGBps, 6);
      expect(memory.ceilingGBps, id).toBeGreaterThanOrEqual(2 * memory.bandwidthGBps);
      expect(memory.bestGops, id).toBeGreaterThan(memory.tableGops);
      expect(memory.bestGops, id).toBeLessThan(tensorOverFp32 * 1.1 * (peakFp32Gflops as number));
      expect(memory.source, id).not.toBe('');
    }
  });

  it('let no cheat be faster than what the data sheets sell', () => {
    const sold = {
      'rtx-4090': 661e3,
      'rtx-5090': 838e3,
      'rtx-3090': 284e3,
      l40: 733e3,
      l4: 242e3,
      t4: 130e3,
      'v100-sxm2-32gb': 125e3,
      a30: 330e3,
      'a100-sxm4-80gb': 624e3,
      'h100-pcie': 1513e3,
      'h100-sxm5-80gb': 1979e3,
      'h100-nvl-94gb': 1671e3,
      'h20-96gb': 296e3,
      b200: 4500e3,
      mi300x: 2615e3,
      'rx-7900-xtx': 123e3,
      m4: 38e3,
    };
    for (const [id, gops] of Object.entries(sold)) {
      expect(bestOf(id) / gops, id).toBeGreaterThan(1.1);
      expect(bestOf(id) / gops, id).toBeLessThan(1.5);
    }
  });

  it('are the lowest of the class for the honest and the highest for the cheat', () => {
    const tensor = { margin: 1, units: [unit('a', 4)] };
    const faster = { ...model, fp32TFLOPS: 3, bandwidthGBps: 300 };
    expect(memoryFigures([model, faster], tensor)).toMatchObject({
      bandwidthGBps: 100,
      ceilingGBps: 600,
      tableGops: 1000,
      bestGops: 12_000,
    });
  });

  it('come from the model, else its die, else the best of its vendor, else the best of all', () => {
    const units = [
      unit('a', 2, { dies: ['D1'] }),
      unit('a', 9, { dies: ['D2'] }),
      unit('a', 1, { models: ['A2'] }),
      unit('b', 20, { dies: ['D1'] }),
    ];
    const best = (more: Partial<typeof model>) =>
      memoryFigures([{ ...model, ...more }], { margin: 1, units })?.bestGops;
    expect(best({})).toBe(2000);
    expect(best({ model: 'A2' })).toBe(1000);
    expect(best({ die: 'D9' })).toBe(9000);
    expect(best({ vendor: 'c' })).toBe(20_000);
    expect(memoryFigures([model], { margin: 1, units: [] })).toBeNull();
  });
});
