import { afterAll, describe, expect, it } from 'vitest';
import { proveCompute } from '../../challenges/compute/prover.js';
import type { ComputeEngine } from '../../challenges/engines/engine.js';
import { createReferenceEngine } from '../../challenges/engines/reference.js';
import { describeTableEngine } from '../../challenges/engines/testing/table-conformance.js';
import { networkFromSeed } from '../../challenges/pages/network.js';
import { startHostEngines } from './host-engines.js';

const shape = { n: 256, layers: 2, pages: 64, rounds: 2 } as const;
const host = startHostEngines();
afterAll(() => host.close());

describe('the host engines', () => {
  it('give the bits of the reference to several at once, each its own', async () => {
    const reference = createReferenceEngine();
    const seeds = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const roots = (engine: ComputeEngine) =>
      Promise.all(
        seeds.map(async (seed) => (await proveCompute(await engine.prepare(shape), shape, seed)).roots),
      );
    expect((await roots(host.compute)).map((some) => some.map((root) => Buffer.from(root)))).toEqual(
      await roots(reference),
    );
  });

  it('say so when they are asked for what was closed', async () => {
    const prepared = await host.compute.prepare(shape);
    await prepared.close();
    const seed = new Uint8Array(32);
    await expect(prepared.load(networkFromSeed(seed, shape.n, shape.layers))).rejects.toMatchObject({
      code: 'engine.failed',
    });
  });
});

describe('the host table engine', () => {
  describeTableEngine(() => host.table);
});
