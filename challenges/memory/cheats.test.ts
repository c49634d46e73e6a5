import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MemoryShape } from '../../protocol/shapes.js';
import { createCpuTableEngine } from '../engines/cpu/engine.js';
import { createOnnxRecompute } from '../engines/onnx/recompute.js';
import type { PreparedTable } from '../engines/table.js';
import { digestsOfPages } from '../pages/reference.js';
import { drawWalkers } from './openings.js';
import { buildTable, proveWalk } from './prover.js';
import { tableSource } from './source.js';
import { seedOf } from './testing/honest.js';
import { checkMemoryReveal } from './verifier.js';
import { referenceWalk } from './walk.js';

// Each cheat is a whole prover: it commits before it knows what will be opened, and all its paths are right.

const shape: MemoryShape = {
  n: 256,
  layers: 2,
  banks: 3,
  bankPages: 1024,
  rounds: 3,
  walkers: 300,
  steps: 8,
};
const pages = shape.banks * shape.bankPages;
const tableSeed = seedOf('cheats table');
const walkSeed = seedOf('cheats walk');
const source = tableSource(shape, tableSeed);

const product = createOnnxRecompute({ provider: 'cpu', threads: 1 });
const engine = createCpuTableEngine({ threads: 1 });
let honest: PreparedTable;
let table: Int8Array;
beforeAll(async () => {
  honest = await engine.prepare(shape);
  await buildTable(honest, shape, tableSeed);
  table = new Int8Array(pages * shape.n);
  for (let bank = 0; bank < shape.banks; bank++) {
    const read = await honest.read(bank, 0, shape.bankPages);
    table.set(read, bank * shape.bankPages * shape.n);
  }
});
afterAll(async () => {
  await product.close();
  await engine.close();
});

/** Deterministic uniform integers: the same openings in every run. */
function numbers(name: string): (below: number) => number {
  let at = 0;
  return (below) => {
    const [a = 0, b = 0, c = 0, d = 0] = seedOf(`${name} ${at++}`);
    return (((a * 256 + b) * 256 + c) * 256 + d) % below;
  };
}

/** Commits with a prover of its own, then is asked for random walkers. */
async function examine(prover: PreparedTable, { seed = walkSeed, opened = 16, name = 'openings' } = {}) {
  const proof = await proveWalk(prover, shape, seed);
  const openings = drawWalkers(shape, opened, numbers(name));
  const reveals = proof.reveal(openings);
  const { roots } = proof;
  return checkMemoryReveal({ shape, tableSeed, walkSeed, roots, openings, reveals }, product.recompute);
}

const pageOf = (bank: number, index: number): Int8Array => {
  const at = (bank * shape.bankPages + index) * shape.n;
  return table.subarray(at, at + shape.n);
};

/** Walks as the protocol says, on whatever it reads. */
function reading(
  readPage: (bank: number, index: number) => Int8Array,
  change: Partial<MemoryShape> = {},
): PreparedTable {
  return {
    ...honest,
    batchWalkers: 256,
    walk: async (keys, first, count) =>
      Uint32Array.from({ length: count }, (_, at) =>
        referenceWalk({ ...shape, ...change }, source.coefficients, keys, first + at, readPage),
      ),
  };
}

/** Lacks a share of the pages, spread over all banks, and reads zeros in their place. */
function lacking(share: number): PreparedTable {
  const draw = numbers(`lacking ${share}`);
  const missing = new Set<number>();
  while (missing.size < share * pages) missing.add(draw(pages));
  const nothing = new Int8Array(shape.n);
  return reading((bank, index) =>
    missing.has(bank * shape.bankPages + index) ? nothing : pageOf(bank, index),
  );
}

describe('a prover', () => {
  it('that holds the whole table passes', async () => {
    expect(await examine(honest)).toEqual({ right: 16, code: 'proof.complete' });
    expect(await examine(reading(pageOf))).toEqual({ right: 16, code: 'proof.complete' });
  });

  it.each([0.5, 0.05, 0.01])(
    'that guesses %d of its pages has as many wrong walkers as it must',
    async (share) => {
      const opened = shape.walkers * shape.rounds;
      const { right, code } = await examine(lacking(share), { opened });
      // Each walker reads `steps` pages and is right when all of them were there.
      const expected = opened * (1 - share) ** shape.steps;
      const deviation = Math.sqrt((expected * (opened - expected)) / opened);
      expect(code).toBe('proof.wrong-walk');
      expect(Math.abs(right - expected)).toBeLessThan(4 * deviation + 1);
    },
  );

  it.each([0.5, 0.05, 0.01])(
    'that guesses %d of its pages is found by 16 openings as often as it must',
    async (share) => {
      const probability = 1 - (1 - share) ** (shape.steps * 16);
      const exams = 40;
      const prover = lacking(share);
      let found = 0;
      for (let i = 0; i < exams; i++) {
        const { code } = await examine(prover, { name: `draw ${i}` });
        if (code === 'proof.wrong-walk') found += 1;
      }
      const deviation = Math.sqrt(exams * probability * (1 - probability));
      expect(Math.abs(found - exams * probability)).toBeLessThanOrEqual(4 * deviation);
    },
  );

  it('that keeps a digest of each page instead of the page fails in each walker', async () => {
    const digests = digestsOfPages(source.network, table);
    const unfolded = (bank: number, index: number) => {
      const at = (bank * shape.bankPages + index) * 4;
      const words = Int32Array.from({ length: shape.n / 4 }, (_, i) => digests[at + (i % 4)] as number);
      return new Int8Array(words.buffer);
    };
    expect(await examine(reading(unfolded))).toEqual({ right: 0, code: 'proof.wrong-walk' });
  });

  it('that keeps one bank and walks on it for all fails wherever another one was meant', async () => {
    const { right, code } = await examine(reading((_, index) => pageOf(0, index)));
    expect(code).toBe('proof.wrong-walk');
    expect(right).toBeLessThan(16);
  });

  it('that keeps half of each page fails in each walker', async () => {
    const halves = reading((bank, index) => pageOf(bank, index).map((byte, i) => (i % 2 === 0 ? byte : 0)));
    expect(await examine(halves)).toEqual({ right: 0, code: 'proof.wrong-walk' });
  });

  it('that walks with the seed of an earlier walk fails in each walker', async () => {
    expect(await examine(honest, { seed: seedOf('earlier') })).toEqual({
      right: 0,
      code: 'proof.wrong-walk',
    });
  });

  it('that walks on the table of the last exam, or of another device, fails in each walker', async () => {
    const other = await engine.prepare(shape);
    await buildTable(other, shape, seedOf('last table'));
    expect(await examine(other)).toEqual({ right: 0, code: 'proof.wrong-walk' });
    await other.close();
  });

  it('that takes a step less fails in each walker', async () => {
    const short = reading(pageOf, { steps: shape.steps - 1 });
    expect(await examine(short)).toEqual({ right: 0, code: 'proof.wrong-walk' });
  });

  it('that walks all rounds at once, without waiting for their seeds, fails', async () => {
    let firstRound: Uint32Array | null = null;
    const eager: PreparedTable = {
      ...honest,
      batchWalkers: 256,
      walk(keys, first, count) {
        firstRound ??= keys;
        return honest.walk(firstRound, first, count);
      },
    };
    const { right, code } = await examine(eager, { opened: shape.walkers * shape.rounds });
    expect(code).toBe('proof.wrong-walk');
    expect(right).toBe(shape.walkers);
  });
});
