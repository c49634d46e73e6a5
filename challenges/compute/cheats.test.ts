import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PreparedCompute } from '../engines/engine.js';
import { createOnnxEngine } from '../engines/onnx/engine.js';
import { createOnnxRecompute } from '../engines/onnx/recompute.js';
import type { StartVectors } from '../pages/start.js';
import { drawOpenings } from './openings.js';
import { proveCompute } from './prover.js';
import { seedOf, smallShape } from './testing/honest.js';
import { checkComputeReveal } from './verifier.js';

// Each cheat is a whole prover: it commits before it knows what will be opened, and all its paths are right.

const product = createOnnxRecompute({ provider: 'cpu', threads: 1 });
const engine = createOnnxEngine({ provider: 'cpu', threads: 1 });
let prepared: PreparedCompute;
beforeAll(async () => {
  prepared = await engine.prepare(smallShape);
});
afterAll(async () => {
  await product.close();
  await engine.close();
});

const seed = seedOf('cheats');

/** Commits with a prover of its own, then is asked for 32 random pages. */
async function examine(prover: PreparedCompute, provedSeed = seed) {
  const proof = await proveCompute(prover, smallShape, provedSeed);
  const openings = drawOpenings(smallShape, 32, randomInt);
  const reveals = proof.reveal(openings);
  return checkComputeReveal(
    { shape: smallShape, seed, roots: proof.roots, openings, reveals },
    product.recompute,
  );
}

/** Changes what the engine says of each batch. */
function forging(forge: (digests: Int32Array, first: number) => Int32Array): PreparedCompute {
  return {
    ...prepared,
    digests: async (start, first, count) => forge(await prepared.digests(start, first, count), first),
  };
}

describe('a prover', () => {
  it('that computes everything passes', async () => {
    expect(await examine(prepared)).toEqual({ right: 32, code: 'proof.complete' });
  });

  it('that computes half of its pages fails', async () => {
    const half = forging((digests) => digests.map((word, i) => ((i >> 2) % 2 === 0 ? word : i)));
    const { right, code } = await examine(half);
    expect(code).toBe('proof.wrong-page');
    expect(right).toBeLessThan(32);
  });

  it('that computes the first page of a leaf and copies it fails', async () => {
    const copying = forging((digests) => digests.map((_, i) => digests[(i >> 8) * 256 + (i % 4)] as number));
    expect((await examine(copying)).code).toBe('proof.wrong-page');
  });

  it('that replays the pages of its last challenge, or of another device, fails in each page', async () => {
    expect(await examine(prepared, seedOf('last challenge'))).toEqual({ right: 0, code: 'proof.wrong-page' });
  });

  it('that computes all rounds at once, without waiting for their seeds, fails', async () => {
    let firstRound: StartVectors | null = null;
    const eager: PreparedCompute = {
      ...prepared,
      digests(start, first, count) {
        firstRound ??= start;
        return prepared.digests(firstRound, first, count);
      },
    };
    const { code } = await examine(eager);
    expect(code).toBe('proof.wrong-page');
  });

  it('that leaves out a layer fails in each page', async () => {
    const shallow = { ...smallShape, layers: smallShape.layers - 1 };
    const other = await engine.prepare(shallow);
    const cheap: PreparedCompute = {
      ...other,
      load: (network) =>
        other.load({
          ...network,
          layers: shallow.layers,
          bias: network.bias.subarray(0, shallow.layers * shallow.n),
        }),
    };
    expect(await examine(cheap)).toEqual({ right: 0, code: 'proof.wrong-page' });
  });

  it('whose rounds are swapped fails', async () => {
    const proof = await proveCompute(prepared, smallShape, seed);
    const swap = [1, 0, 2];
    const openings = [0, 1, 2].map((round) => ({ round, page: 5 }));
    const honest = proof.reveal(openings);
    const reveals = openings.map((opening, at) => ({ ...honest[swap[at] as number], ...opening }));
    const roots = swap.map((round) => proof.roots[round] as Uint8Array);
    const verdict = await checkComputeReveal(
      { shape: smallShape, seed, roots, openings, reveals },
      product.recompute,
    );
    expect(verdict).toEqual({ right: 0, code: 'proof.wrong-page' });
  });

  it('is judged by the opened pages alone: a wrong page beside them is found only when it is opened', async () => {
    const proof = await proveCompute(
      forging((digests, first) => (first === 0 ? digests.fill(7, 4, 8) : digests)),
      smallShape,
      seed,
    );
    const judge = (page: number) => {
      const openings = [{ round: 0, page }];
      const reveals = proof.reveal(openings);
      return checkComputeReveal(
        { shape: smallShape, seed, roots: proof.roots, openings, reveals },
        product.recompute,
      );
    };
    expect(await judge(0)).toEqual({ right: 1, code: 'proof.complete' });
    expect(await judge(1)).toEqual({ right: 0, code: 'proof.wrong-page' });
  });
});
