import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { walkKeys } from '../../memory/keys.js';
import type { PageNetwork } from '../../pages/network.js';
import type { TableShape } from '../table.js';
import { Buffers } from './device/buffers.js';
import { Card } from './device/card.js';
import { createWebgpuEngine } from './engine.js';
import { PageMaker } from './pages.js';
import { compileProduct, plainSpec, tiledSpec } from './product.js';
import { createWebgpuTableEngine } from './table.js';
import { type Dispatch, strictGpu, uniformWords } from './testing/strict-gpu.js';

type N = 256 | 512 | 1024;

/** Pages and rows that one workgroup of a layer kernel takes, as its text has them. */
function tileOf(code: string): { pages: number; rows: number } {
  const side = /tile\.y \* (\d+)u \+ r\)/.exec(code)?.[1];
  return side === undefined ? { pages: 4, rows: 64 } : { pages: Number(side), rows: Number(side) };
}

/** Where the threads of a dispatch read and write, against the sizes of what is bound. Kernels are told by their text. */
function checkIndices({ code, groups, bindings }: Dispatch): void {
  const n = 16 * Number(/const vectors = (\d+)u/.exec(code)?.[1]);
  const sizes = bindings.map(({ size }) => size);
  const [a = 0, b = 0, c = 0, d = 0] = sizes;
  if (code.includes('struct Walk')) {
    const [, , count = 0, at = 0, mask = 0] = uniformWords(bindings[3] as Dispatch['bindings'][0]).subarray(
      8,
    );
    expect((mask + 1) * n).toBe(a);
    expect(b).toBe(n);
    expect((at + count) * 4).toBeLessThanOrEqual(c);
    expect(groups[0] * 4).toBeGreaterThanOrEqual(count);
    return;
  }
  if (code.includes('struct Run')) {
    const [first = 0, count = 0] = uniformWords(bindings[3] as Dispatch['bindings'][0]);
    expect(count * n).toBeLessThanOrEqual(c);
    expect(groups[0] * groups[1] * 256 * 16).toBeGreaterThanOrEqual(count * n);
    expect(Math.min(first + count, 1024) * n).toBeLessThanOrEqual(a);
    expect(Math.ceil((first + count) / 1024) * n).toBeLessThanOrEqual(b);
    return;
  }
  if (code.includes('digests')) {
    expect(a).toBe(4 * n);
    expect(groups[0] * groups[1] * 16 * n).toBeLessThanOrEqual(b);
    expect(groups[0] * groups[1] * 16 * 16).toBeGreaterThanOrEqual(c);
    return;
  }
  const tile = tileOf(code);
  expect([a, b, groups[0] * tile.rows]).toEqual([n * n, n, n]);
  // Whole tiles are read, and no more is written than there is room for.
  expect(groups[1] * tile.pages * n).toBeLessThanOrEqual(c);
  expect(d % n).toBe(0);
}

function blankNetwork(n: N, layers: number): PageNetwork {
  const matrix = new Int8Array(n * n);
  const matrices = [matrix, matrix, matrix, matrix] as const;
  return { n, layers, matrices, bias: new Int8Array(layers * n), digest: new Int8Array(4 * n) };
}

const blankStart = (n: N, pages: number) => ({
  left: new Int8Array(Math.min(pages, 1024) * n),
  right: new Int8Array(Math.ceil(pages / 1024) * n),
});

/** Builds a table and walks on it. */
async function goThrough(shape: TableShape, keys: Uint32Array): Promise<void> {
  const { n, layers, banks, bankPages, walkers } = shape;
  const engine = createWebgpuTableEngine(async () => strictGpu(checkIndices));
  const table = await engine.prepare(shape);
  await table.build({
    network: blankNetwork(n, layers),
    start: blankStart(n, banks * bankPages),
    coefficients: new Uint32Array(n / 4),
  });
  for (let first = 0; first < walkers; first += table.batchWalkers) {
    const count = Math.min(table.batchWalkers, walkers - first);
    expect(await table.walk(keys, first, count)).toHaveLength(count);
  }
  await engine.close();
}

const nOf = fc.constantFrom<N>(256, 512, 1024);
/** The last key close to its end too: there walker numbers plus key pass 2^32, and a bank has two runs of walkers. */
const someKeys = fc
  .oneof(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 2 ** 32 - 600, max: 2 ** 32 - 1 }))
  .map((last) => Uint32Array.of(1, 2, 3, 4, 5, 6, 7, last));

describe('no thread leaves its buffers, and nothing WebGPU forbids is asked for', () => {
  it.each<TableShape>([
    { n: 1024, layers: 180, banks: 86, bankPages: 2 ** 18, walkers: 691_968, steps: 16 },
    { n: 1024, layers: 1, banks: 4, bankPages: 2 ** 21, walkers: 2 ** 22, steps: 2 },
    { n: 256, layers: 1, banks: 1024, bankPages: 4, walkers: 4096, steps: 1 },
    { n: 256, layers: 1, banks: 1, bankPages: 2 ** 23, walkers: 2 ** 15, steps: 256 },
  ])('with n $n, $layers layers, $banks banks of $bankPages, $walkers walkers', async (shape) => {
    await goThrough(shape, walkKeys(new Uint8Array(32), 0, null));
  });

  it('with any small table', async () => {
    const shapes = fc
      .record({
        n: nOf,
        layers: fc.integer({ min: 1, max: 9 }),
        banks: fc.integer({ min: 1, max: 9 }),
        bankPages: fc.integer({ min: 0, max: 12 }).map((power) => 2 ** power),
        steps: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 256 })),
        reads: fc.double({ min: 0, max: 1, noNaN: true }),
      })
      .map(({ steps, reads, ...table }) => {
        const most = table.banks * table.bankPages;
        const fitting = Math.min(steps, most);
        const walkers = 1 + Math.floor(reads * (most / fitting - 1));
        // Whole leaves leave a call's buffers no room to spare.
        return { ...table, steps: fitting, walkers: walkers > 256 ? walkers - (walkers % 256) : walkers };
      });
    await fc.assert(
      fc.asyncProperty(shapes, someKeys, (shape, keys) => goThrough(shape, keys)),
      { numRuns: 200 },
    );
  });

  it('with any round of the compute exam, by every layer kernel', async () => {
    const shapes = fc.record({
      n: nOf,
      layers: fc.integer({ min: 1, max: 9 }),
      pages: fc.integer({ min: 1, max: 2100 }).map((leaves) => 64 * leaves),
    });
    await fc.assert(
      fc.asyncProperty(shapes, async ({ n, layers, pages }) => {
        const open = async () => strictGpu(checkIndices);
        const engine = createWebgpuEngine(open);
        const prepared = await engine.prepare({ n, layers, pages });
        await prepared.load(blankNetwork(n, layers));
        for (let first = 0; first < pages; first += prepared.batchPages)
          await prepared.digests(blankStart(n, pages), first, Math.min(prepared.batchPages, pages - first));
        await engine.close();

        const card = await Card.open('test', open);
        for (const spec of [plainSpec(n, true), tiledSpec(n, 'dot4', 8), tiledSpec(n, 'float', 4)]) {
          const shape = { n, layers, pages, atOnce: pages };
          const maker = await PageMaker.create(
            card,
            shape,
            await compileProduct(card, spec),
            new Buffers(card),
          );
          await maker.warmUp();
          const count = Math.min(maker.capacity, pages);
          for (let run = 0; run < 40; run++) await maker.run(blankStart(n, pages), pages - count, count);
        }
      }),
      { numRuns: 60 },
    );
  });
});
