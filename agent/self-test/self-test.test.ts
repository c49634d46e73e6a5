import { createHash, randomBytes, randomInt } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { referenceRecompute } from '../../challenges/engines/reference.js';
import { requireMemoryShape } from '../../challenges/memory/shape.js';
import { systemClock } from '../../protocol/clock.js';
import type { CardClaim } from '../../protocol/messages/cards.js';
import { tableBytes } from '../../protocol/shapes.js';
import type { CardProver } from '../exam/prover.js';
import { ReferenceProver } from '../testing/reference-prover.js';
import { type SelfTestCard, selfTest } from './self-test.js';
import { selfTestTable } from './table-shape.js';
import type { SelfTestTools } from './tools.js';

const tools: SelfTestTools = {
  random: randomBytes,
  randomInt: (below: number) => randomInt(below),
  clock: systemClock,
  recompute: referenceRecompute,
};

/** The smallest self-test: one block of pages, a table of 64. */
const card = (
  prover: CardProver | null,
  engines: Pick<CardClaim, 'engine' | 'memoryEngine'> = { engine: 'reference', memoryEngine: 'reference' },
): SelfTestCard => ({
  claim: { kind: 'cpu', model: 'Test', memoryBytes: 1, ...engines, warmupGflops: 0.001, tableGops: 0.001 },
  prover,
  failed: [{ engine: 'onnx-cuda', message: 'no driver' }],
  failedTables: [{ engine: 'webgpu', message: 'no Vulkan' }],
});

describe('self-test', () => {
  it('passes a true card on its proof, and shows its rate without judging it', async () => {
    const { passed, checks } = await selfTest(card(new ReferenceProver()), tools);
    expect(passed).toBe(true);
    expect(checks).toMatchObject([
      { check: 'compute.proof', measured: 32, required: 32, verdict: 'pass', code: 'proof.complete' },
      { check: 'compute.rate', required: null, verdict: 'not judged', code: 'rate.not-judged-here' },
      { check: 'memory.proof', measured: 16, required: 16, verdict: 'pass', code: 'proof.complete' },
      { check: 'memory.bandwidth', unit: 'GB/s', verdict: 'not judged', code: 'memory.not-judged-here' },
      { check: 'memory.build-rate', unit: 'GOPS', verdict: 'not judged', code: 'memory.not-judged-here' },
    ]);
    for (const at of [1, 3, 4]) expect(checks[at]?.measured).toBeGreaterThan(0);
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
    expect(checks).toMatchObject([
      { check: 'compute.engine', verdict: 'fail', code: 'engine.failed' },
      { check: 'memory.engine', verdict: 'fail', code: 'engine.failed' },
    ]);
    expect(checks[0]?.fix).toContain('device lost');
  });

  it('fails a card whose table is wrong', async () => {
    const prover = new ReferenceProver();
    const build = prover.build.bind(prover);
    // A true table, but of another question.
    prover.build = (shape, seed, progress) =>
      build(shape, createHash('sha256').update(seed).digest(), progress);
    const { passed, checks } = await selfTest(card(prover), tools);
    expect(passed).toBe(false);
    expect(checks[2]).toMatchObject({ check: 'memory.proof', verdict: 'fail', code: 'proof.wrong-walk' });
  });

  it('leaves no table behind', async () => {
    const prover = new ReferenceProver();
    await selfTest(card(prover), tools);
    expect(prover.calls.slice(-2)).toEqual(['dropTable', 'revealWalk']);
  });

  it('passes a card without a table engine, and says what its memory would need', async () => {
    const { passed, checks } = await selfTest(
      card(new ReferenceProver(), { engine: 'reference', memoryEngine: null }),
      tools,
    );
    expect(passed).toBe(true);
    expect(checks.at(-1)).toMatchObject({ verdict: 'not judged', code: 'memory.not-examined' });
    expect(checks.at(-1)?.fix).toMatch(/webgpu: no Vulkan\. .*NVIDIA_DRIVER_CAPABILITIES/);
  });

  it('fails a card without an engine, and says what was tried', async () => {
    const { passed, checks } = await selfTest(card(null), tools);
    expect(passed).toBe(false);
    expect(checks[0]).toMatchObject({ verdict: 'fail', code: 'card.not-examinable' });
    expect(checks[0]?.fix).toContain('onnx-cuda: no driver');
  });
});

describe('the table of a self-test', () => {
  it('is a possible one for every claim, and no more than a quarter of the memory', () => {
    const claims = fc.record({
      tableGops: fc.double({ min: 0, max: 1e9, noNaN: true }),
      memoryBytes: fc.oneof(fc.constant(0), fc.integer({ min: 2 ** 20, max: 2 ** 40 })),
    });
    fc.assert(
      fc.property(claims, ({ tableGops, memoryBytes }) => {
        const shape = selfTestTable({ kind: 'gpu', model: 'Test', engine: null, tableGops, memoryBytes });
        requireMemoryShape(shape);
        expect(tableBytes(shape)).toBeLessThanOrEqual(memoryBytes > 0 ? memoryBytes / 4 : 256 * 2 ** 20);
      }),
    );
  });
});
