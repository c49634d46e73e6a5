import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { walkKeys } from '../../memory/keys.js';
import { tableSource } from '../../memory/source.js';
import { referenceWalk } from '../../memory/walk.js';
import { referencePages } from '../../pages/reference.js';
import { startsOfPages } from '../../pages/start.js';
import type { PreparedTable, TableEngine, TableShape, TableSource } from '../table.js';

/** Reproducible 32 bytes for a test. */
const seedOf = (text: string): Uint8Array => createHash('sha256').update(text).digest();

const smallShape: TableShape = { n: 256, layers: 2, banks: 2, bankPages: 64, walkers: 30, steps: 4 };

/**
 * What every table engine must do. Adding one is a file and a test that calls this with it.
 * @param create a fresh engine
 */
export function describeTableEngine(create: () => TableEngine): void {
  const engine = create();
  // One table stays open throughout: the last one that closes may take a GPU's device with it.
  beforeAll(async () => {
    await engine.prepare(smallShape);
  }, 60_000);
  afterAll(() => engine.close());

  async function withPrepared(shape: TableShape, use: (prepared: PreparedTable) => Promise<void>) {
    const prepared = await engine.prepare(shape);
    try {
      await use(prepared);
    } finally {
      await prepared.close();
    }
  }

  describe('gives the same bits as the plain loops', () => {
    it.each<TableShape & { what: string }>([
      { what: 'one page, one walker', n: 256, layers: 1, banks: 1, bankPages: 1, walkers: 1, steps: 1 },
      { what: 'fewer walkers than banks', n: 256, layers: 5, banks: 5, bankPages: 16, walkers: 3, steps: 9 },
      { what: 'a leaf and one walker', n: 256, layers: 4, banks: 3, bankPages: 256, walkers: 257, steps: 2 },
      { what: 'a short last leaf', n: 512, layers: 1, banks: 3, bankPages: 256, walkers: 600, steps: 1 },
      { what: 'wide pages', n: 1024, layers: 5, banks: 2, bankPages: 16, walkers: 4, steps: 6 },
      { what: 'banks of one page', n: 256, layers: 2, banks: 7, bankPages: 1, walkers: 7, steps: 1 },
      { what: 'more than 1,024 pages', n: 256, layers: 1, banks: 3, bankPages: 512, walkers: 64, steps: 24 },
      { what: 'a bank across blocks', n: 256, layers: 1, banks: 2, bankPages: 2048, walkers: 300, steps: 8 },
    ])('with $what (n $n, $banks banks of $bankPages, $walkers walkers of $steps)', async (shape) => {
      const source = tableSource(shape, seedOf(`table ${shape.n} ${shape.walkers}`));
      await withPrepared(shape, async (prepared) => {
        await prepared.build(source);
        await expectPages(prepared, shape, source);
        for (const round of ['first', 'second']) {
          const keys = walkKeys(seedOf(round), 0, null);
          expect(await allWalkers(prepared, shape, keys)).toEqual(expectedWalkers(shape, source, keys));
        }
      });
    });
  });

  it('is exact at the ends of the range', async () => {
    const { n, layers, banks, bankPages } = smallShape;
    for (const [weight, bias, value] of [
      [-128, -128, -128],
      [127, -128, 127],
      [-128, 127, 127],
    ] as const) {
      const matrix = () => new Int8Array(n * n).fill(weight);
      const source: TableSource = {
        network: {
          n,
          layers,
          matrices: [matrix(), matrix(), matrix(), matrix()],
          bias: new Int8Array(layers * n).fill(bias),
          digest: new Int8Array(4 * n),
        },
        start: { left: new Int8Array(banks * bankPages * n).fill(value), right: new Int8Array(n) },
        coefficients: new Uint32Array(n / 4).fill(0xffff_ffff),
      };
      await withPrepared(smallShape, async (prepared) => {
        await prepared.build(source);
        await expectPages(prepared, smallShape, source);
        const keys = new Uint32Array(8).fill(0xffff_ffff);
        expect(await allWalkers(prepared, smallShape, keys)).toEqual(
          expectedWalkers(smallShape, source, keys),
        );
      });
    }
  });

  it('walks on the table that was built last', async () => {
    await withPrepared(smallShape, async (prepared) => {
      const keys = walkKeys(seedOf('walk'), 0, null);
      for (const name of ['first', 'second']) {
        const source = tableSource(smallShape, seedOf(name));
        await prepared.build(source);
        await expectPages(prepared, smallShape, source);
        expect(await allWalkers(prepared, smallShape, keys)).toEqual(
          expectedWalkers(smallShape, source, keys),
        );
      }
    });
  });

  it('gives each of several walks that overlap its own results', async () => {
    const shape: TableShape = { ...smallShape, layers: 1, banks: 3, bankPages: 256, walkers: 600, steps: 1 };
    const source = tableSource(shape, seedOf('overlap'));
    await withPrepared(shape, async (prepared) => {
      await prepared.build(source);
      const calls = [0, 256, 512].flatMap((first) =>
        ['one', 'two'].map((name) => ({ first, keys: walkKeys(seedOf(name), 0, null) })),
      );
      const results = await Promise.all(
        calls.map(({ keys, first }) => prepared.walk(keys, first, Math.min(256, 600 - first))),
      );
      for (const [at, { keys, first }] of calls.entries()) {
        expect(results[at]).toEqual(expectedWalkers(shape, source, keys).subarray(first, first + 256));
      }
    });
  });

  it('takes batches of whole leaves, and says how far it is with the build', async () => {
    await withPrepared(smallShape, async (prepared) => {
      expect(prepared.batchWalkers).toBeGreaterThan(0);
      expect(prepared.batchWalkers % 256).toBe(0);
      const shares: number[] = [];
      await prepared.build(tableSource(smallShape, seedOf('progress')), (share) => shares.push(share));
      expect(shares.at(-1)).toBe(1);
      expect(shares).toEqual(shares.toSorted((a, b) => a - b));
      for (const share of shares) expect(share).toBeLessThanOrEqual(1);
    });
  });

  it('refuses to walk and to read before a table is built, and again after it was closed', async () => {
    const keys = new Uint32Array(8);
    const other = create();
    const prepared = await other.prepare(smallShape);
    const expectRefused = async () => {
      await expect(prepared.walk(keys, 0, 30)).rejects.toMatchObject({ code: 'engine.failed' });
      await expect(prepared.read(0, 0, 1)).rejects.toMatchObject({ code: 'engine.failed' });
    };
    await expectRefused();
    const source = tableSource(smallShape, seedOf('closed'));
    await prepared.build(source);
    await prepared.close();
    await expectRefused();
    await expect(prepared.build(source)).rejects.toMatchObject({ code: 'engine.failed' });
    await prepared.close();
    await other.close();
    await other.close();
  });
}

/** All walkers of a round, in the batches that the engine takes. */
async function allWalkers(
  prepared: PreparedTable,
  { walkers }: TableShape,
  keys: Uint32Array,
): Promise<Uint32Array> {
  const results = new Uint32Array(walkers);
  for (let first = 0; first < walkers; first += prepared.batchWalkers) {
    const count = Math.min(prepared.batchWalkers, walkers - first);
    const batch = await prepared.walk(keys, first, count);
    expect(batch).toBeInstanceOf(Uint32Array);
    expect(batch.length).toBe(count);
    results.set(batch, first);
  }
  return results;
}

/** The same by plain loops, on a table of which only the pages that are read are ever made. */
function expectedWalkers(shape: TableShape, source: TableSource, keys: Uint32Array): Uint32Array {
  const pages = new Map<number, Int8Array>();
  const readPage = (bank: number, index: number) => {
    const page = bank * shape.bankPages + index;
    const made = pages.get(page) ?? pageOf(source, page);
    pages.set(page, made);
    return made;
  };
  return Uint32Array.from({ length: shape.walkers }, (_, walker) =>
    referenceWalk(shape, source.coefficients, keys, walker, readPage),
  );
}

/** Both ends of every bank, and both sides of each border of 1,024 pages, as they lie there. */
async function expectPages(
  prepared: PreparedTable,
  { banks, bankPages }: TableShape,
  source: TableSource,
): Promise<void> {
  for (let bank = 0; bank < banks; bank++) {
    const corners = [0, 1, 1023, 1024, 1025, bankPages - 2, bankPages - 1];
    for (const index of new Set(corners.filter((page) => page >= 0 && page < bankPages))) {
      const page = await prepared.read(bank, index, 1);
      expect({ bank, index, page }).toEqual({ bank, index, page: pageOf(source, bank * bankPages + index) });
    }
    const several = Math.min(3, bankPages);
    const last = await prepared.read(bank, bankPages - several, several);
    expect(last).toBeInstanceOf(Int8Array);
    expect(last.length).toBe(several * source.network.n);
    expect(last.subarray(-source.network.n)).toEqual(pageOf(source, (bank + 1) * bankPages - 1));
  }
}

function pageOf({ network, start }: TableSource, page: number): Int8Array {
  return referencePages(network, startsOfPages(start, network.n, page, 1), 1);
}
