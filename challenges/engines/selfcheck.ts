import type { RandomBytes } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import { networkFromSeed } from '../pages/network.js';
import { digestWords, referenceDigests } from '../pages/reference.js';
import { startOfPage, startVectors } from '../pages/start.js';
import type { ComputeEngine, EngineShape, PreparedCompute } from './engine.js';

/**
 * Two shapes that reach what engines get wrong, at a cost that software Vulkan also bears: the longest sums, and more
 * than one block with a partial last one and layers that use a matrix again.
 */
const shapes: readonly EngineShape[] = [
  { n: 1024, layers: 2, pages: 64 },
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
