import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { networkFromSeed, type PageNetwork } from '../../pages/network.js';
import { digestWords, referenceDigests } from '../../pages/reference.js';
import { blockPages, type StartVectors, startsOfPages, startVectors } from '../../pages/start.js';
import type { ComputeEngine, EngineShape, PreparedCompute } from '../engine.js';

/** Reproducible 32 bytes for a test. */
const seedOf = (text: string): Uint8Array => createHash('sha256').update(text).digest();

/**
 * What every engine must do. Adding an engine is one file and a test that calls this with it.
 * @param create a fresh engine
 */
export function describeEngine(create: () => ComputeEngine): void {
  const engine = create();
  // One session stays open throughout: the last one that closes takes a GPU's device with it, which is slow to come back.
  beforeAll(async () => {
    await engine.prepare({ n: 256, layers: 1, pages: 64 });
  }, 60_000);
  afterAll(() => engine.close());

  async function withPrepared(shape: EngineShape, use: (prepared: PreparedCompute) => Promise<void>) {
    const prepared = await engine.prepare(shape);
    try {
      await use(prepared);
    } finally {
      await prepared.close();
    }
  }

  async function expectReference(
    prepared: PreparedCompute,
    network: PageNetwork,
    start: StartVectors,
    pages: number,
  ) {
    await prepared.load(network);
    for (let first = 0; first < pages; first += prepared.batchPages) {
      const count = Math.min(prepared.batchPages, pages - first);
      const digests = await prepared.digests(start, first, count);
      expect(digests).toBeInstanceOf(Int32Array);
      expect(digests.length).toBe(count * digestWords);
      for (const page of pagesToCompare(first, count)) {
        const expected = referenceDigests(network, startsOfPages(start, network.n, page, 1), 1);
        const at = (page - first) * digestWords;
        expect({ page, digest: [...digests.subarray(at, at + digestWords)] }).toEqual({
          page,
          digest: [...expected],
        });
      }
    }
  }

  describe('gives the same bits as the plain loops', () => {
    it.each([
      { n: 256, layers: 1, pages: 64 },
      { n: 256, layers: 4, pages: 1024 },
      { n: 256, layers: 9, pages: 128 },
      { n: 512, layers: 3, pages: 64 },
      { n: 1024, layers: 5, pages: 64 },
      { n: 256, layers: 2, pages: 1024 + 64 },
      { n: 256, layers: 1, pages: 3 * 1024 + 960 },
    ] as const)('of n $n, $layers layers, $pages pages', async (shape) => {
      const seed = seedOf(`conformance ${shape.n} ${shape.layers} ${shape.pages}`);
      await withPrepared(shape, (prepared) =>
        expectReference(
          prepared,
          networkFromSeed(seed, shape.n, shape.layers),
          startVectors(seed, shape.n, shape.pages),
          shape.pages,
        ),
      );
    });
  });

  describe('is exact at the ends of the range', () => {
    const ends: readonly (readonly [number, number, number])[] = [
      [-128, -128, -128],
      [-128, 127, 127],
      [127, -128, 127],
      [127, 127, -128],
      [0, 127, -128],
    ];
    it.each(ends)('with matrices of %d, bias of %d, starts of %d', async (weight, bias, value) => {
      const n = 1024;
      const layers = 2;
      const pages = 64;
      const matrix = () => new Int8Array(n * n).fill(weight);
      const network: PageNetwork = {
        n,
        layers,
        matrices: [matrix(), matrix(), matrix(), matrix()],
        bias: new Int8Array(layers * n).fill(bias),
        digest: new Int8Array(4 * n).fill(weight),
      };
      const start = { left: new Int8Array(pages * n).fill(value), right: new Int8Array(n) };
      await withPrepared({ n, layers, pages }, (prepared) =>
        expectReference(prepared, network, start, pages),
      );
    });
  });

  it('computes with the network that was loaded last', async () => {
    const shape = { n: 256, layers: 2, pages: 64 } as const;
    await withPrepared(shape, async (prepared) => {
      for (const name of ['first', 'second']) {
        const seed = seedOf(name);
        await expectReference(prepared, networkFromSeed(seed, 256, 2), startVectors(seed, 256, 64), 64);
      }
    });
  });

  it('takes batches of whole blocks', async () => {
    await withPrepared({ n: 256, layers: 1, pages: 2048 }, async (prepared) => {
      expect(prepared.batchPages).toBeGreaterThan(0);
      expect(prepared.batchPages % blockPages).toBe(0);
    });
  });

  it('refuses to compute before a network is loaded, and again after it was closed', async () => {
    const start = { left: new Int8Array(64 * 256), right: new Int8Array(256) };
    const other = create();
    const prepared = await other.prepare({ n: 256, layers: 1, pages: 64 });
    await expect(prepared.digests(start, 0, 64)).rejects.toMatchObject({ code: 'engine.failed' });
    await prepared.load(networkFromSeed(seedOf('closed'), 256, 1));
    await prepared.close();
    await expect(prepared.digests(start, 0, 64)).rejects.toMatchObject({ code: 'engine.failed' });
    await prepared.close();
    await other.close();
    await other.close();
  });
}

/** Corners of leaves and blocks. */
function pagesToCompare(first: number, count: number): number[] {
  const inBatch = [0, 1, 63, 64, 1023, 1024, count - 65, count - 1].filter(
    (page) => page >= 0 && page < count,
  );
  return [...new Set(inBatch)].map((page) => first + page);
}
