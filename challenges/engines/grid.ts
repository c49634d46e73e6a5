import { TouchstoneError } from '../../protocol/error.js';
import { networkFromSeed } from '../pages/network.js';
import { digestWords, referenceDigests } from '../pages/reference.js';
import { blockPages, type StartVectors, startsOfPages, startVectors } from '../pages/start.js';
import type { EngineShape, PreparedCompute } from './engine.js';

// What engines have in common that compute a grid of start vectors, all left by some right ones, in one go.

/** Pages in one go on a CPU: one block, which stays in its cache. */
export const cpuBatchPages = blockPages;

/** Pages in one go on a GPU, as many as it wants: whole blocks, at most 64 MiB of fp32 activations. */
export function gpuBatchPages({ n, pages }: EngineShape): number {
  const blocks = Math.min(2 ** 24 / (n * blockPages), Math.ceil(pages / blockPages));
  return Math.max(1, blocks) * blockPages;
}

/** Digests of a grid, 4 int32 a page: `L × n` left and `R × n` right start vectors, int8; page `(r, l)` is page `r · L + l`. */
export type DigestsOfGrid = (left: Int8Array, right: Int8Array) => Promise<Int32Array>;

/** Digests of pages `first …`: whole blocks as one grid of all left by some right vectors, a last, partial block by itself. */
export async function digestsByGrids(
  digestsOf: DigestsOfGrid,
  n: number,
  { left, right }: StartVectors,
  first: number,
  count: number,
): Promise<Int32Array> {
  const firstBlock = first / blockPages;
  const blocks = Math.floor(count / blockPages);
  const rest = count % blockPages;
  const grid = (block: number, rows: number, columns: number) =>
    digestsOf(left.subarray(0, columns * n), right.subarray(block * n, (block + rows) * n));
  if (rest === 0) return grid(firstBlock, blocks, blockPages);
  const last = await grid(firstBlock + blocks, 1, rest);
  if (blocks === 0) return last;
  const digests = new Int32Array(count * 4);
  digests.set(await grid(firstBlock, blocks, blockPages));
  digests.set(last, blocks * blockPages * 4);
  return digests;
}

/**
 * Runs each size of batch that the shape will need once: kernels, buffers, clock rates. And since a runtime chooses its
 * kernels by the size of the work, the ends of each batch are held against the plain loops: an engine may be exact on all
 * that it was tried on and not here, and its card would fail an exam for it.
 * @param prepared without a network afterwards that means anything
 * @throws TouchstoneError `engine.inexact`, `engine.failed`
 */
export async function warmUp(
  name: string,
  prepared: PreparedCompute,
  { n, layers, pages }: EngineShape,
): Promise<void> {
  const seed = new Uint8Array(32);
  const network = networkFromSeed(seed, n, layers);
  const start = startVectors(seed, n, pages);
  await prepared.load(network);
  const full = Math.min(prepared.batchPages, pages);
  const rest = pages % full;
  for (const [first, count] of rest === 0
    ? [[0, full] as const]
    : [[0, full] as const, [pages - rest, rest] as const]) {
    const digests = await prepared.digests(start, first, count);
    for (const at of new Set([0, count - 1])) {
      const expected = referenceDigests(network, startsOfPages(start, n, first + at, 1), 1);
      if (expected.some((word, r) => word !== digests[at * digestWords + r])) {
        const detail = `${name}: page ${first + at} of ${pages} of n ${n}, ${layers} layers is wrong.`;
        throw new TouchstoneError('engine.inexact', detail, { engine: name, page: first + at });
      }
    }
  }
}
