import type { ComputeEngine } from '../../challenges/engines/engine.js';
import { networkFromSeed } from '../../challenges/pages/network.js';
import { roundSeed } from '../../challenges/pages/rounds.js';
import { startVectors } from '../../challenges/pages/start.js';
import { computeOperations } from '../../protocol/shapes.js';

/** Small enough for a software device, large enough that a CPU is near its rate. */
const shape = { n: 256, layers: 4, pages: 1024, rounds: 1 } as const;

/**
 * An engine's own rate in a short run, for sizing an exam; nobody is paid for it.
 *
 * @param now monotonic milliseconds
 * @param forMs how long to work, at the least; one batch at the least
 * @returns GFLOPS, 2 · n² · layers a page
 */
export async function measureRate(engine: ComputeEngine, now: () => number, forMs = 200): Promise<number> {
  const prepared = await engine.prepare(shape);
  try {
    const seed = new Uint8Array(32);
    await prepared.load(networkFromSeed(seed, shape.n, shape.layers));
    const start = startVectors(roundSeed(seed, 0, null), shape.n, shape.pages);
    let batches = 0;
    const begin = now();
    do {
      await prepared.digests(start, 0, shape.pages);
      batches += 1;
    } while (now() - begin < forMs);
    return (computeOperations(shape) * batches) / ((now() - begin) * 1e6);
  } finally {
    await prepared.close();
  }
}
