import { createHash, randomBytes, randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { referenceRecompute } from '../../challenges/engines/reference.js';
import { systemClock } from '../../protocol/clock.js';
import type { CardProver } from '../exam/prover.js';
import { ReferenceProver } from '../testing/reference-prover.js';
import { type SelfTestCard, selfTest } from './self-test.js';

const tools = {
  random: randomBytes,
  randomInt: (below: number) => randomInt(below),
  clock: systemClock,
  recompute: referenceRecompute,
};

/** The smallest self-test: one block of pages. */
const card = (prover: CardProver | null): SelfTestCard => ({
  claim: { kind: 'cpu', model: 'Test', memoryBytes: 1, engine: 'reference', warmupGflops: 0.001 },
  prover,
  failed: [{ engine: 'onnx-cuda', message: 'no driver' }],
});

describe('self-test', () => {
  it('passes a true card on its proof, and shows its rate without judging it', async () => {
    const { passed, checks } = await selfTest(card(new ReferenceProver()), tools);
    expect(passed).toBe(true);
    expect(checks).toMatchObject([
      { check: 'compute.proof', measured: 32, required: 32, verdict: 'pass', code: 'proof.complete' },
      { check: 'compute.rate', required: null, verdict: 'not judged', code: 'rate.not-judged-here' },
    ]);
    expect(checks[1]?.measured).toBeGreaterThan(0);
  });

  it('fails a card whose bits are wrong', async () => {
    const prover = new ReferenceProver();
    const commit = prover.commit.bind(prover);
    // Computes with another seed than it was asked: true pages, but of another question.
    prover.commit = (seed, progress) => commit(createHash('sha256').update(seed).digest(), progress);
    const { passed, checks } = await selfTest(card(prover), tools);
    expect(passed).toBe(false);
    expect(checks[0]).toMatchObject({ verdict: 'fail', code: 'proof.wrong-page', measured: 0 });
  });

  it('fails a card whose engine breaks, with its message', async () => {
    const prover = new ReferenceProver();
    prover.gate = Promise.reject(new Error('device lost'));
    const { passed, checks } = await selfTest(card(prover), tools);
    expect(passed).toBe(false);
    expect(checks).toMatchObject([{ verdict: 'fail', code: 'engine.failed' }]);
    expect(checks[0]?.fix).toContain('device lost');
  });

  it('fails a card without an engine, and says what was tried', async () => {
    const { passed, checks } = await selfTest(card(null), tools);
    expect(passed).toBe(false);
    expect(checks).toMatchObject([{ verdict: 'fail', code: 'card.not-examinable' }]);
    expect(checks[0]?.fix).toContain('onnx-cuda: no driver');
  });
});
