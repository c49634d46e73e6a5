import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { computeOperations, walkedBytes } from '../../protocol/shapes.js';
import { givenClass } from '../../scoring/catalogue/given.js';
import { ExamFact } from '../../scoring/facts.js';
import type { CardRecord } from './card-exam.js';
import { examFact } from './exam-fact.js';

const shape = { n: 256, layers: 4, pages: 1024, rounds: 2 } as const;
const memoryShape = {
  n: 256,
  layers: 2,
  banks: 1,
  bankPages: 4096,
  rounds: 4,
  walkers: 256,
  steps: 16,
} as const;
const cardClass = givenClass('ten', 'gpu', {
  gflops: 10,
  lowGflops: 8,
  memory: { bandwidthGBps: 10, lowGBps: 5, tableGops: 100, bestGops: 1000 },
});
const timeAt = (gflops: number) => computeOperations(shape) / gflops / 1e6;
const walkAt = (gbps: number) => walkedBytes(memoryShape) / gbps / 1e6;

const computeRecord = (
  gflops: number,
  code: 'proof.complete' | 'proof.wrong-page' = 'proof.complete',
): CardRecord['compute'] => ({
  task: { part: 'compute', shape, engine: 'onnx-cuda' },
  attempts: 1,
  tableSeed: null,
  buildMs: 3,
  result: {
    kind: 'checked',
    right: code === 'proof.complete' ? 1 : 0,
    code,
    commitment: {
      part: 'compute',
      shape,
      engine: 'onnx-cuda',
      seed: 'aa',
      roots: ['bb'],
      elapsedMs: timeAt(gflops),
      committedAt: 10_000,
      openings: [{ round: 0, page: 0 }],
    },
  },
});
const memoryTask = { part: 'memory', shape: memoryShape, engine: 'webgpu' } as const;
const memoryRecord = (
  gbps: number,
  code: 'proof.complete' | 'proof.wrong-walk' = 'proof.complete',
): CardRecord['memory'] => ({
  task: memoryTask,
  attempts: 2,
  tableSeed: 'cc',
  buildMs: 7000,
  result: {
    kind: 'checked',
    right: code === 'proof.complete' ? 1 : 0,
    code,
    commitment: {
      part: 'memory',
      shape: memoryShape,
      tableSeed: 'cc',
      engine: 'webgpu',
      seed: 'dd',
      roots: ['ee'],
      elapsedMs: walkAt(gbps),
      committedAt: 20_000,
      openings: [{ round: 1, walker: 3 }],
    },
  },
});
const unproven = (outcome: 'failed' | 'unanswered', reason: 'exam.late' | 'exam.declined') =>
  ({ kind: 'unproven', outcome, reason, engine: 'webgpu', commitment: null }) as const;
const record = (...args: Parameters<typeof computeRecord>): CardRecord => ({
  compute: computeRecord(...args),
  memory: memoryRecord(8),
});
const context = (lagMs = 0, walkLagMs = 0) => ({
  id: 'fa_1',
  at: 1,
  device: 'd',
  exam: 'e',
  card: 0,
  claim: { kind: 'gpu', model: 'Ten', memoryBytes: 0, engine: 'onnx-cuda' } as const,
  cardClass,
  roundTripMs: 0,
  commitMs: 20_000,
  walkMs: 30_000,
  lagBetween: (_from: number, to: number) => (to === 10_000 ? lagMs : walkLagMs),
});

/** Ids and seeds as they really are; short ones read better above. */
const hex = 'ab'.repeat(32);
const written = {
  id: `fa_${'0'.repeat(32)}`,
  exam: `ex_${'0'.repeat(32)}`,
  device: hex,
  seed: hex,
  roots: [hex],
};

describe('the fact of an exam', () => {
  it('holds what is needed to reach the verdict again', () => {
    const fact = examFact(context(), record(9));
    expect(fact).toMatchObject({
      outcome: 'passed',
      class: 'ten',
      claimedClass: 'ten',
      seed: 'aa',
      roots: ['bb'],
    });
    expect(fact.gflops).toBeCloseTo(9);
    expect(fact.memory).toMatchObject({
      engine: 'webgpu',
      attempts: 2,
      shape: memoryShape,
      tableSeed: 'cc',
      walkSeed: 'dd',
      roots: ['ee'],
      openings: [{ round: 1, walker: 3 }],
      walkersRight: 1,
      buildMs: 7000,
    });
    expect(fact.memory?.bandwidthGBps).toBeCloseTo(8);
    const memory = { ...fact.memory, tableSeed: hex, walkSeed: hex, roots: [hex] };
    expect(Value.Check(ExamFact, { ...fact, ...written, memory })).toBe(true);
  });

  it('confirms no class of a GPU whose memory was not asked', () => {
    const fact = examFact(context(), { ...record(9), memory: null });
    expect(fact).toMatchObject({
      outcome: 'passed',
      class: 'unlisted',
      reasons: ['exam.passed', 'memory.not-examined'],
      memory: null,
    });
  });

  it('is a failure by a wrong walk, and by a slow one', () => {
    const wrong = examFact(context(), { ...record(9), memory: memoryRecord(8, 'proof.wrong-walk') });
    expect(wrong).toMatchObject({ outcome: 'failed', reasons: ['proof.wrong-walk'], class: null });
    expect(wrong.memory).toMatchObject({ walkersRight: 0, bandwidthGBps: null });
    const slow = examFact(context(), { ...record(9), memory: memoryRecord(4) });
    expect(slow).toMatchObject({ outcome: 'failed', reasons: ['bandwidth.below-class'], class: null });
  });

  it('is unanswered where the table was never built, however good the compute part', () => {
    const memory = { task: memoryTask, attempts: 1, tableSeed: 'cc', buildMs: null };
    const fact = examFact(context(), {
      ...record(9),
      memory: { ...memory, result: unproven('unanswered', 'exam.declined') },
    });
    expect(fact).toMatchObject({ outcome: 'unanswered', reasons: ['exam.declined'], class: null });
    expect(fact.memory).toMatchObject({ walkSeed: null, tableSeed: 'cc', buildMs: null });
    expect(fact.checks.at(-1)).toMatchObject({
      check: 'memory.answer',
      unit: 'proof within 30 s',
      verdict: 'not judged',
    });
  });

  it('is ours where our standstill may be all that was slow in the walk, and never a pass by it', () => {
    const slow = { ...record(9), memory: memoryRecord(4) };
    const missing = walkAt(4) - walkAt(5);
    expect(examFact(context(0, missing / 2), slow).outcome).toBe('failed');
    expect(examFact(context(0, missing + 1), slow)).toMatchObject({ outcome: 'ours', class: null });
    expect(examFact(context(0, 1e6), slow).outcome).toBe('ours');
    const wrong = { ...record(9), memory: memoryRecord(4, 'proof.wrong-walk') };
    expect(examFact(context(0, 1e6), wrong).outcome).toBe('failed');
  });

  it('says of an answer that did not come how long was allowed', () => {
    const late: CardRecord = {
      compute: { ...computeRecord(9), result: unproven('failed', 'exam.late') },
      memory: null,
    };
    expect(examFact(context(), late).checks).toMatchObject([
      {
        check: 'compute.answer',
        measured: 0,
        required: 1,
        unit: 'proof within 20 s',
        verdict: 'fail',
        code: 'exam.late',
      },
    ]);
  });

  it('is ours where our own standstill may be all that was slow', () => {
    const slow = 7;
    const missing = timeAt(slow) - timeAt(8);
    expect(examFact(context(0), record(slow))).toMatchObject({
      outcome: 'failed',
      reasons: ['rate.below-class'],
    });
    expect(examFact(context(missing + 1), record(slow))).toMatchObject({
      outcome: 'ours',
      reasons: ['exam.ours'],
      class: null,
    });
    // The figures are shown, but not as a failure of the card.
    const { checks } = examFact(context(missing + 1), record(slow));
    expect(checks.map(({ verdict }) => verdict)).toEqual([
      'pass',
      'not judged',
      'pass',
      'pass',
      'pass',
      'pass',
      'not judged',
    ]);
    expect(examFact(context(missing / 2), record(slow))).toMatchObject({ outcome: 'failed' });
  });

  it('never becomes a pass by our standstill, and a wrong page is never ours', () => {
    expect(examFact(context(1e6), record(1)).outcome).toBe('ours');
    expect(examFact(context(1e6), record(9, 'proof.wrong-page'))).toMatchObject({
      outcome: 'failed',
      reasons: ['proof.wrong-page'],
    });
  });
});
