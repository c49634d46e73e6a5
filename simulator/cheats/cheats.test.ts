import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { EngineProver } from '../../agent/exam/engine-prover.js';
import type { CardProver } from '../../agent/exam/prover.js';
import { drawOpenings } from '../../challenges/compute/openings.js';
import { checkComputeReveal } from '../../challenges/compute/verifier.js';
import type { ComputeEngine } from '../../challenges/engines/engine.js';
import { createReferenceEngine, referenceRecompute } from '../../challenges/engines/reference.js';
import type { ComputeShape } from '../../protocol/shapes.js';
import { computeShapeFor } from '../../scoring/catalogue/compute-shape.js';
import { loadCatalogue } from '../../scoring/catalogue/read-catalogue.js';
import { computesFraction } from './computes-fraction.js';
import { downgradedCompute, dropsLowBits, halvesRank, skipsLayers } from './downgrades.js';
import { feignsError, goesSilentOnBadOpenings } from './goes-silent-on-bad-openings.js';
import { answersLastChallenge } from './last-challenge.js';
import { commitsBeforeComputing } from './lies-about-clock.js';
import { opensOtherLeaves } from './opens-other-leaves.js';
import { replaysOtherDevice } from './replays-other-device.js';
import { reusesPages } from './reuses-pages.js';
import { revealsNothing } from './sends-nothing.js';
import { splitsFirstLayer } from './splits-first-layer.js';

const shape = { n: 256, layers: 1, pages: 128, rounds: 2 } as const;

/** Random bytes that are the same in every run. */
const junk = (length: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 32)
    bytes.set(
      createHash('sha256')
        .update(`junk ${at}`)
        .digest()
        .subarray(0, length - at),
      at,
    );
  return bytes;
};
const seedOf = (text: string): Uint8Array => createHash('sha256').update(text).digest();
const over = (engine: ComputeEngine) => new EngineProver({ compute: () => engine, table: null });
const honest = () => over(createReferenceEngine());

// Every other page of both rounds: the first half of each round's pages and the second are opened alike.
const openings = drawOpenings(shape, 64, (below) => (below * 7919) % below || below >> 1);

async function examine(prover: CardProver, seed = seedOf('this'), asked: ComputeShape = shape) {
  await prover.arm(asked);
  const roots = await prover.commit(seed, () => {});
  const reveals = await prover.reveal(openings);
  return checkComputeReveal({ shape: asked, seed, roots, openings, reveals }, referenceRecompute);
}

describe('a prover in an exam', () => {
  it('passes when it is honest', async () => {
    expect(await examine(honest())).toEqual({ right: 64, code: 'proof.complete' });
  });

  it('passes when its fraction is the whole, and shows wrong pages when it is less', async () => {
    const computing = (fraction: number) =>
      examine(over(computesFraction(createReferenceEngine(), fraction, junk)));
    expect((await computing(1)).code).toBe('proof.complete');
    const { code, right } = await computing(0.6);
    expect(code).toBe('proof.wrong-page');
    expect(right).toBe(openings.filter(({ round, page }) => round === 0 && page < 76).length + rightLater());
  });

  it('shows wrong pages when it replays another device, which itself passes', async () => {
    const { victim, replayer } = replaysOtherDevice(honest());
    expect((await examine(victim, seedOf('that'))).code).toBe('proof.complete');
    expect(await examine(replayer)).toEqual({ right: 0, code: 'proof.wrong-page' });
  });

  it('shows wrong pages when it answers the challenge before', async () => {
    const prover = answersLastChallenge(honest(), seedOf('before'));
    expect((await examine(prover, seedOf('one'))).code).toBe('proof.wrong-page');
    expect((await examine(prover, seedOf('two'))).code).toBe('proof.wrong-page');
  });

  it('is told of other openings, or of a path that leads elsewhere, when it opens other leaves', async () => {
    expect((await examine(opensOtherLeaves(honest()))).code).toBe('proof.wrong-openings');
    expect((await examine(opensOtherLeaves(honest(), true))).code).toBe('proof.wrong-path');
  });

  it('is told of other openings when it reveals nothing', async () => {
    expect((await examine(revealsNothing(honest()))).code).toBe('proof.wrong-openings');
  });

  it('cannot open what it committed to before it had computed', async () => {
    expect((await examine(commitsBeforeComputing(honest(), 1, junk))).code).toBe('proof.wrong-path');
  });

  it('shows wrong pages when it computes with less than the network, or hands pages out twice', async () => {
    const cheats = [
      downgradedCompute(createReferenceEngine(), dropsLowBits(1)),
      downgradedCompute(createReferenceEngine(), halvesRank),
      downgradedCompute(createReferenceEngine(), skipsLayers(1)),
    ];
    for (const engine of cheats)
      expect(await examine(over(engine), seedOf('this'), { ...shape, layers: 2 })).toEqual({
        right: 0,
        code: 'proof.wrong-page',
      });
    expect((await examine(over(reusesPages(createReferenceEngine())))).code).toBe('proof.wrong-page');
  });

  it('passes where it saves no more than the first layer, which on real cards is one of 32', async () => {
    for (const layers of [1, 6]) {
      const asked = { ...shape, layers };
      expect(await examine(over(splitsFirstLayer()), seedOf('this'), asked)).toEqual({
        right: 64,
        code: 'proof.complete',
      });
    }
    const gpus = loadCatalogue().classes.filter(
      ({ kind, peakFp32Gflops }) => kind === 'gpu' && peakFp32Gflops,
    );
    expect(gpus.length).toBeGreaterThan(40);
    for (const one of gpus) expect(computeShapeFor(one, {}, 'onnx-cuda', 2).layers).toBe(32);
  });

  it('answers good openings and evades the others', async () => {
    const prover = goesSilentOnBadOpenings(
      over(computesFraction(createReferenceEngine(), 0.5, junk)),
      0.5,
      feignsError,
    );
    await prover.arm(shape);
    await prover.commit(seedOf('this'), () => {});
    expect(await prover.reveal([{ round: 1, page: 63 }])).toHaveLength(1);
    await expect(prover.reveal([{ round: 1, page: 64 }])).rejects.toThrow();
  });
});

/** The second round is seeded by the junk root of the first, as the verifier sees it too: its first part is right. */
function rightLater(): number {
  return openings.filter(({ round, page }) => round === 1 && page < 76).length;
}
