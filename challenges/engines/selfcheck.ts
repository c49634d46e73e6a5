import type { RandomBytes } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import { walkKeys } from '../memory/keys.js';
import { tableSource } from '../memory/source.js';
import { referenceWalk } from '../memory/walk.js';
import { networkFromSeed } from '../pages/network.js';
import { digestWords, referenceDigests, referencePages } from '../pages/reference.js';
import { startOfPage, startsOfPages, startVectors } from '../pages/start.js';
import type { ComputeEngine, EngineShape, PreparedCompute } from './engine.js';
import type { PreparedTable, TableEngine, TableShape } from './table.js';

/**
 * Shapes that reach what engines get wrong, at a cost that software Vulkan also bears: the longest sums, more than one block
 * with a partial last one and layers that use a matrix again, and every `n`, whose kernels are others.
 */
const shapes: readonly EngineShape[] = [
  { n: 1024, layers: 2, pages: 64 },
  { n: 512, layers: 1, pages: 64 },
  { n: 256, layers: 5, pages: 1088 },
];

/** Pages of each shape that are compared: corners of blocks and of leaves. */
const comparedPages = [0, 1, 63, 511, 1023, 1024, 1087];

/**
 * Compares an engine with the plain loops on random networks: before an engine's answers are judged by anybody, and at
 * every start, since drivers and clocks change.
 * @throws TouchstoneError `engine.inexact` where a bit differs; `engine.unavailable`, `engine.failed` from the engine
 */
export async function selfCheck(engine: ComputeEngine, randomBytes: RandomBytes): Promise<void> {
  const opened: PreparedCompute[] = [];
  try {
    for (const shape of shapes) {
      const prepared = await engine.prepare(shape);
      // All stay open to the end: the last one that closes takes a GPU's device with it, which is slow to come back.
      opened.push(prepared);
      await checkShape(engine.name, prepared, shape, randomBytes(32));
    }
  } finally {
    for (const prepared of opened) await prepared.close();
  }
}

async function checkShape(
  name: string,
  prepared: PreparedCompute,
  shape: EngineShape,
  seed: Uint8Array,
): Promise<void> {
  const { n, layers, pages } = shape;
  const network = networkFromSeed(seed, n, layers);
  await prepared.load(network);
  const start = startVectors(seed, n, pages);
  for (let first = 0; first < pages; first += prepared.batchPages) {
    const count = Math.min(prepared.batchPages, pages - first);
    const digests = await prepared.digests(start, first, count);
    for (const page of comparedPages.filter((page) => page >= first && page < first + count)) {
      const got = digests.subarray((page - first) * digestWords, (page - first + 1) * digestWords);
      const expected = referenceDigests(network, startOfPage(seed, n, page), 1);
      if (got.length !== digestWords || got.some((word, r) => word !== expected[r])) {
        throw new TouchstoneError(
          'engine.inexact',
          `${name}: page ${page} of n ${n}, ${layers} layers is ${got}, must be ${expected}.`,
          { engine: name, shape, page },
        );
      }
    }
  }
}

/** The same for tables: the longest sums; every `n`; and more than one block over several banks, a short last leaf. */
const tableShapes: readonly TableShape[] = [
  { n: 1024, layers: 2, banks: 2, bankPages: 32, walkers: 4, steps: 4 },
  { n: 512, layers: 1, banks: 1, bankPages: 32, walkers: 4, steps: 4 },
  { n: 256, layers: 3, banks: 3, bankPages: 512, walkers: 257, steps: 3 },
];

/** Walkers of each shape that are compared. */
const comparedWalkers = [0, 1, 255, 256];

/**
 * Compares a table engine with the plain loops on random tables: the pages as they lie there, then some walkers.
 * @throws TouchstoneError `engine.inexact` where a bit differs; `engine.unavailable`, `engine.failed`,
 *   `engine.out-of-memory` from the engine
 */
export async function selfCheckTable(engine: TableEngine, randomBytes: RandomBytes): Promise<void> {
  const opened: PreparedTable[] = [];
  try {
    for (const shape of tableShapes) {
      const prepared = await engine.prepare(shape);
      opened.push(prepared);
      await checkTable(engine.name, prepared, shape, randomBytes);
    }
  } finally {
    for (const prepared of opened) await prepared.close();
  }
}

async function checkTable(
  name: string,
  prepared: PreparedTable,
  shape: TableShape,
  randomBytes: RandomBytes,
): Promise<void> {
  const { n, banks, bankPages, walkers } = shape;
  const source = tableSource(shape, randomBytes(32));
  const inexact = (what: string, data: object) =>
    new TouchstoneError('engine.inexact', `${name}: ${what} of n ${n}, ${shape.layers} layers is wrong.`, {
      engine: name,
      shape,
      ...data,
    });
  const pageOf = (bank: number, index: number) =>
    referencePages(source.network, startsOfPages(source.start, n, bank * bankPages + index, 1), 1);

  await prepared.build(source);
  for (const [bank, index] of [
    [0, 0] as const,
    [banks - 1, 0] as const,
    [banks - 1, bankPages - 1] as const,
  ]) {
    const page = await prepared.read(bank, index, 1);
    const expected = pageOf(bank, index);
    if (page.length !== n || page.some((value, i) => value !== expected[i]))
      throw inexact(`page ${index} of bank ${bank}`, { bank, page: index });
  }

  const keys = walkKeys(randomBytes(32), 0, null);
  for (let first = 0; first < walkers; first += prepared.batchWalkers) {
    const count = Math.min(prepared.batchWalkers, walkers - first);
    const results = await prepared.walk(keys, first, count);
    for (const walker of comparedWalkers.filter((walker) => walker >= first && walker < first + count)) {
      const expected = referenceWalk(shape, source.coefficients, keys, walker, pageOf);
      if (results[walker - first] !== expected) throw inexact(`walker ${walker}`, { walker });
    }
  }
}
