import type { ComputeEngine } from '../../challenges/engines/engine.js';
import type { TableEngine } from '../../challenges/engines/table.js';
import { tableSource } from '../../challenges/memory/source.js';
import { networkFromSeed } from '../../challenges/pages/network.js';
import { roundSeed } from '../../challenges/pages/rounds.js';
import { startVectors } from '../../challenges/pages/start.js';
import { computeOperations, tableOperations } from '../../protocol/shapes.js';

/** Small enough for a software device, large enough that a CPU is near its rate. */
const small = { n: 256, layers: 4, pages: 1024, rounds: 1 } as const;

/** What a GPU needs to come near its rate: some milliseconds of one. Only for who is fast on the small one. */
const large = { n: 1024, layers: 8, pages: 8192, rounds: 1 } as const;
const largeFromGflops = 1000;

/**
 * An engine's own rate in a short run, for choosing one and for sizing an exam; nobody is paid for it.
 *
 * @param now monotonic milliseconds
 * @param forMs how long to work, at the least; one batch at the least
 * @returns GFLOPS, 2 · n² · layers a page
 */
export async function measureRate(engine: ComputeEngine, now: () => number, forMs = 200): Promise<number> {
  const rate = await measureShape(engine, small, now, forMs);
  return rate < largeFromGflops ? rate : Math.max(rate, await measureShape(engine, large, now, forMs));
}

async function measureShape(
  engine: ComputeEngine,
  shape: typeof small | typeof large,
  now: () => number,
  forMs: number,
): Promise<number> {
  const prepared = await engine.prepare(shape);
  try {
    const seed = new Uint8Array(32);
    await prepared.load(networkFromSeed(seed, shape.n, shape.layers));
    const start = startVectors(roundSeed(seed, 0, null), shape.n, shape.pages);
    return await gopsOf(computeOperations(shape), now, forMs, async () => {
      for (let first = 0; first < shape.pages; first += prepared.batchPages)
        await prepared.digests(start, first, Math.min(prepared.batchPages, shape.pages - first));
    });
  } finally {
    await prepared.close();
  }
}

/** Tables of the same two sizes. */
const walk = { rounds: 1, walkers: 1, steps: 1 } as const;
const smallTable = { n: 256, layers: 4, banks: 1, bankPages: 1024, ...walk } as const;
const largeTable = { n: 1024, layers: 8, banks: 1, bankPages: 8192, ...walk } as const;

/**
 * A table engine's own rate of building in a short run, as `measureRate`.
 *
 * @returns GOPS, 2 · n² · layers a page
 */
export async function measureTableRate(engine: TableEngine, now: () => number, forMs = 200): Promise<number> {
  const rate = await measureTable(engine, smallTable, now, forMs);
  return rate < largeFromGflops ? rate : Math.max(rate, await measureTable(engine, largeTable, now, forMs));
}

async function measureTable(
  engine: TableEngine,
  shape: typeof smallTable | typeof largeTable,
  now: () => number,
  forMs: number,
): Promise<number> {
  const prepared = await engine.prepare(shape);
  try {
    const source = tableSource(shape, new Uint8Array(32));
    return await gopsOf(tableOperations(shape), now, forMs, () => prepared.build(source));
  } finally {
    await prepared.close();
  }
}

/** Rate of a piece of work of so many operations that is repeated until the time is over, 10^9 a second. */
async function gopsOf(
  operations: number,
  now: () => number,
  forMs: number,
  work: () => Promise<void>,
): Promise<number> {
  let times = 0;
  const begin = now();
  do {
    await work();
    times += 1;
  } while (now() - begin < forMs);
  return (operations * times) / ((now() - begin) * 1e6);
}
