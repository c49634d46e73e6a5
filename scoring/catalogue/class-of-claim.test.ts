import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CardClaim } from '../../protocol/messages/cards.js';
import { readName } from './card-name.js';
import { classOfClaim } from './class-of-claim.js';
import { givenClass } from './given.js';
import { loadCatalogue } from './read-catalogue.js';

const catalogue = loadCatalogue();
const claim = (model: string, memoryMiB = 0, kind: CardClaim['kind'] = 'gpu'): CardClaim => ({
  kind,
  model,
  memoryBytes: memoryMiB * 2 ** 20,
  engine: 'onnx-cuda',
});
const classOf = (model: string, memoryMiB?: number, kind?: CardClaim['kind']) =>
  classOfClaim(catalogue, claim(model, memoryMiB, kind))?.id;

describe('classOfClaim', () => {
  it.each([
    ['NVIDIA GeForce RTX 4090', 24564, 'rtx-4090'],
    ['NVIDIA GeForce RTX 4090 D', 24564, 'rtx-4090'],
    ['NVIDIA GeForce RTX 3080', 10240, 'rtx-3080-10gb'],
    ['NVIDIA GeForce RTX 3080', 12288, 'rtx-3080-12gb'],
    ['NVIDIA GeForce RTX 3060', 12288, 'rtx-3060-12gb'],
    ['NVIDIA GeForce RTX 4060 Ti', 8188, 'rtx-4060-ti-8gb'],
    ['NVIDIA GeForce RTX 4060 Ti', 16380, 'rtx-4060-ti-16gb'],
    ['NVIDIA GeForce RTX 4070 Ti SUPER', 16376, 'rtx-4080'],
    ['NVIDIA GeForce RTX 5090', 32607, 'rtx-5090'],
    ['Tesla T4', 15360, 't4'],
    ['Tesla V100-SXM2-16GB', 16160, 'v100-sxm2-16gb'],
    ['Tesla V100-SXM2-32GB', 32510, 'v100-sxm2-32gb'],
    ['NVIDIA A10', 23028, 'a10'],
    ['NVIDIA A10G', 23028, 'a10'],
    ['NVIDIA A16', 15356, 'a16'],
    ['NVIDIA A100-SXM4-40GB', 40536, 'a100-sxm4-40gb'],
    ['NVIDIA A100-SXM4-80GB', 81920, 'a100-sxm4-80gb'],
    ['NVIDIA A100-PCIE-40GB', 40960, 'a100-sxm4-40gb'],
    ['NVIDIA A100 80GB PCIe', 81920, 'a100-sxm4-80gb'],
    ['NVIDIA H100 80GB HBM3', 81559, 'h100-sxm5-80gb'],
    ['NVIDIA H100 PCIe', 81559, 'h100-pcie'],
    ['NVIDIA H100 NVL', 95830, 'h100-nvl-94gb'],
    ['NVIDIA H200', 143771, 'h200-sxm-141gb'],
    ['NVIDIA H200 NVL', 143771, 'h200-sxm-141gb'],
    ['NVIDIA B200', 183359, 'b200'],
    ['NVIDIA B300 SXM6 AC', 275040, 'b300-sxm6'],
    ['NVIDIA L4', 23034, 'l4'],
    ['NVIDIA L40', 46068, 'l40'],
    ['NVIDIA L40S', 46068, 'l40'],
    ['NVIDIA RTX 6000 Ada Generation', 49140, 'l40'],
    ['NVIDIA RTX 4000 Ada Generation', 20475, 'rtx-4000-ada'],
    ['NVIDIA RTX 4000 SFF Ada Generation', 20475, 'rtx-4000-sff-ada'],
    ['NVIDIA RTX A6000', 49140, 'rtx-a6000'],
    ['NVIDIA RTX A6000', 46068, 'rtx-a6000'],
    ['NVIDIA RTX PRO 6000 Blackwell Workstation Edition', 97887, 'rtx-pro-6000-blackwell'],
    ['AMD Instinct MI300X', 196592, 'mi300x'],
    ['AMD Radeon RX 7900 XTX (RADV NAVI31)', 0, 'rx-7900-xtx'],
    ['Apple M1 Max', 32768, 'm1-max'],
  ])('%s with %i MiB is %s', (model, memory, id) => expect(classOf(model, memory)).toBe(id));

  it.each([
    ['not in the catalogue', 'GeForce GTX 1070 Ti', 8192],
    ['a laptop card of the same name and memory', 'NVIDIA GeForce RTX 3070 Laptop GPU', 8192],
    ['the 8 GB variant that the catalogue does not have', 'NVIDIA GeForce RTX 3060', 8192],
    [
      'half the power under nearly the same name',
      'NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition',
      97887,
    ],
    ['a slice of an A100', 'NVIDIA A100-SXM4-80GB MIG 1g.10gb', 9728],
    ['a slice that keeps the whole name', 'NVIDIA A100-SXM4-80GB', 9728],
    ['a name that contradicts the memory', 'NVIDIA A100-SXM4-80GB', 40536],
    ['an older card of nearly the same name', 'Quadro RTX 6000', 24576],
    ['no name at all', '   ', 0],
    ['a name of vendor words only', 'NVIDIA GeForce', 24564],
  ])('%s is unlisted, not refused', (_, model, memory) => expect(classOf(model, memory)).toBe('unlisted'));

  it('takes the smallest variant where the claim does not say its memory', () => {
    expect(classOf('NVIDIA GeForce RTX 4060 Ti', 0)).toBe('rtx-4060-ti-8gb');
    expect(classOf('A100 SXM4', 0)).toBe('a100-sxm4-40gb');
    expect(classOf('NVIDIA A100-SXM4-80GB', 0)).toBe('a100-sxm4-80gb');
  });

  it('goes by the kind for CPUs and software devices, whatever they call themselves', () => {
    expect(classOf('AMD EPYC 7763', 0, 'cpu')).toBe('cpu');
    expect(classOf('NVIDIA GeForce RTX 4090', 24564, 'software')).toBe('software');
  });

  it('knows each class by each of its own names', () => {
    for (const { id, kind, models, memoryBytes } of catalogue.classes) {
      if (kind !== 'gpu') continue;
      for (const model of models) expect(classOf(model, memoryBytes / 2 ** 20), model).toBe(id);
    }
  });

  it('has an answer for every claim', () => {
    const names = fc.oneof(
      fc.string({ maxLength: 128 }),
      fc
        .array(fc.constantFrom('NVIDIA', 'RTX', '4090', 'A100', '80GB', 'Ti', '(', ')', 'gb'))
        .map((w) => w.join(' ')),
      fc.constantFrom('__proto__', 'constructor', 'toString'),
    );
    const memory = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }));
    fc.assert(
      fc.property(names, memory, fc.constantFrom('gpu', 'cpu', 'software'), (model, memoryBytes, kind) => {
        const found = classOfClaim(catalogue, { kind, model, memoryBytes, engine: null });
        expect(found?.kind).toBe(kind);
      }),
    );
  });

  it('works on a catalogue of its own, and has null for a kind that one lacks', () => {
    const own = {
      classes: [givenClass('big', 'gpu', { models: ['Simulated Big'], memoryBytes: 1000, gflops: 2 })],
    };
    expect(classOfClaim(own, { ...claim('simulated big'), memoryBytes: 1000 })?.id).toBe('big');
    expect(classOfClaim(own, { ...claim('simulated big'), memoryBytes: 500 })).toBeNull();
    expect(classOfClaim(own, claim('any', 0, 'cpu'))).toBeNull();
  });
});

describe('readName', () => {
  it.each([
    ['NVIDIA GeForce RTX 4060 Ti', 'rtx 4060 ti', null],
    ['NVIDIA A100-SXM4-80GB', 'a100 sxm4', 80],
    ['A100 80 GB PCIe', 'a100 pcie', 80],
    ['NVIDIA H100 80GB HBM3', 'h100 hbm3', 80],
    ['A16 (per GPU, 4/board)', 'a16', null],
    ['8gb 16gb', '', null],
  ])('%s', (name, words, memoryGB) => expect(readName(name)).toEqual({ words, memoryGB }));
});
