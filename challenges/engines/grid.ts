import type { PageNetwork } from '../pages/network.js';
import { blockPages, type StartVectors } from '../pages/start.js';
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

/** Runs each size of batch that the shape will need once, on a network of zeros: kernels, buffers, clock rates. */
export async function warmUp(prepared: PreparedCompute, { n, layers, pages }: EngineShape): Promise<void> {
  const zeros = (length: number) => new Int8Array(length);
  const matrices: PageNetwork['matrices'] = [zeros(n * n), zeros(n * n), zeros(n * n), zeros(n * n)];
  await prepared.load({ n, layers, matrices, bias: zeros(layers * n), digest: zeros(4 * n) });
  const start = {
    left: zeros(Math.min(pages, blockPages) * n),
    right: zeros(Math.ceil(pages / blockPages) * n),
  };
  const full = Math.min(prepared.batchPages, pages);
  await prepared.digests(start, 0, full);
  const rest = pages % prepared.batchPages;
  if (rest !== 0 && rest !== full) await prepared.digests(start, 0, rest);
}
