import { afterAll, describe, expect, it } from 'vitest';
import { proveCompute } from '../../challenges/compute/prover.js';
import { createReferenceEngine } from '../../challenges/engines/reference.js';
import { startHostEngine } from './host-engine.js';

const shape = { n: 256, layers: 2, pages: 64, rounds: 2 } as const;
const host = startHostEngine();
afterAll(() => host.close());

describe('the host engine', () => {
  it('gives the bits of the reference to several at once, each its own', async () => {
    const reference = createReferenceEngine();
    const seeds = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const roots = (engine: typeof host) =>
      Promise.all(
        seeds.map(async (seed) => (await proveCompute(await engine.prepare(shape), shape, seed)).roots),
      );
    expect((await roots(host)).map((some) => some.map((root) => Buffer.from(root)))).toEqual(
      await roots(reference),
    );
  });

  it('says so when it is asked for what was closed', async () => {
    const prepared = await host.prepare(shape);
    await prepared.close();
    await expect(prepared.close()).rejects.toMatchObject({ code: 'engine.failed' });
  });
});
