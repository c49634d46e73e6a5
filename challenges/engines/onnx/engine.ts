import type { PageNetwork } from '../../pages/network.js';
import { blockPages, type StartVectors } from '../../pages/start.js';
import type { ComputeEngine, EngineShape, PreparedCompute } from '../engine.js';
import { engineNameOf, type OnnxProvider } from './providers.js';
import { type OnnxOptions, PageSession } from './session.js';

/**
 * The page network on ONNX Runtime. A run blocks its thread, so whoever has other work hosts the engine in a worker.
 * Nothing is loaded before `prepare`.
 */
export function createOnnxEngine(options: OnnxOptions): ComputeEngine {
  const open = new Set<PreparedCompute>();
  return {
    name: engineNameOf(options.provider),
    async prepare(shape) {
      const { n, layers } = shape;
      const session = await PageSession.create(options, { n, layers, start: 'grid', output: 'digests' });
      const batchPages = batchFor(options.provider, shape);
      const prepared: PreparedCompute = {
        batchPages,
        load: async (network) => session.load(network),
        digests: (start, first, count) => gridDigests(session, n, start, first, count),
        async close() {
          if (open.delete(prepared)) await session.close();
        },
      };
      open.add(prepared);
      try {
        await warmUp(prepared, shape);
        session.unload();
      } catch (error) {
        await prepared.close();
        throw error;
      }
      return prepared;
    },
    async close() {
      for (const prepared of open) await prepared.close();
    },
  };
}

/** A CPU works best on one block that stays in its cache; a GPU wants as much as 64 MiB of fp32 activations. */
function batchFor(provider: OnnxProvider, { n, pages }: EngineShape): number {
  if (provider === 'cpu') return blockPages;
  const blocks = Math.min(2 ** 24 / (n * blockPages), Math.ceil(pages / blockPages));
  return Math.max(1, blocks) * blockPages;
}

/** Whole blocks go through the graph as a grid of all left by some right vectors; a last, partial block by itself. */
async function gridDigests(
  session: PageSession,
  n: number,
  { left, right }: StartVectors,
  first: number,
  count: number,
): Promise<Int32Array> {
  const firstBlock = first / blockPages;
  const blocks = Math.floor(count / blockPages);
  const rest = count % blockPages;
  const grid = (block: number, rows: number, columns: number) =>
    session.digests({
      left: [left.subarray(0, columns * n), [1, columns, n]],
      right: [right.subarray(block * n, (block + rows) * n), [rows, 1, n]],
    });
  if (rest === 0) return grid(firstBlock, blocks, blockPages);
  const last = await grid(firstBlock + blocks, 1, rest);
  if (blocks === 0) return last;
  const digests = new Int32Array(count * 4);
  digests.set(await grid(firstBlock, blocks, blockPages));
  digests.set(last, blocks * blockPages * 4);
  return digests;
}

/** Runs each size of batch that the shape will need once, on a network of zeros: kernels, buffers, clock rates. */
async function warmUp(prepared: PreparedCompute, { n, layers, pages }: EngineShape): Promise<void> {
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
