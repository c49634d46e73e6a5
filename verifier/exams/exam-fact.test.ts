import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { computeOperations, walkedBytes } from '../../protocol/shapes.js';
import { givenClass } from '../../scoring/catalogue/given.js';
import { ExamFact } from '../../scoring/facts/facts.js';
import type { CardRecord } from './card-exam.js';
import { examFact, withdrawn } from './exam-fact.js';

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
  lagMs = 0,
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
      roundTripMs: 0,
      lagMs,
      openings: [{ round: 0, page: 0 }],
    },
  },
});
const memoryTask = { part: 'memory', shape: memoryShape, engine: 'webgpu' } as const;
const memoryRecord = (
  gbps: number,
  code: 'proof.complete' | 'proof.wrong-walk' = 'proof.complete',
  lagMs = 0,
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
      roundTripMs: 0,
      lagMs,
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
const context = () => ({
  id: 'fa_1',
  at: 1,
  device: 'd',
  exam: 'e',
  sweep: null,
  card: 0,
  claim: { kind: 'gpu', model: 'Ten', memoryBytes: 0, engine: 'onnx-cuda' } as const,
  cardClass,
  byMeasurement: false,
  catalogue: { classes: [cardClass] },
  commitMs: 20_000,
  walkMs: 30_000,
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
    const walked = (lagMs: number, code: 'proof.complete' | 'proof.wrong-walk' = 'proof.complete') =>
      examFact(context(), { ...record(9), memory: memoryRecord(4, code, lagMs) });
    const missing = walkAt(4) - walkAt(5);
    expect(walked(missing / 2).outcome).toBe('failed');
    expect(walked(missing + 1)).toMatchObject({ outcome: 'ours', class: null });
    expect(walked(1e6).outcome).toBe('ours');
    expect(walked(1e6, 'proof.wrong-walk').outcome).toBe('failed');
    expect(walked(missing + 1).memory).toMatchObject({ lagMs: missing + 1, roundTripMs: 0 });
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
    const computed = (lagMs: number) => examFact(context(), record(slow, 'proof.complete', lagMs));
    expect(computed(0)).toMatchObject({ outcome: 'failed', reasons: ['rate.below-class'], lagMs: 0 });
    expect(computed(missing + 1)).toMatchObject({
      outcome: 'ours',
      reasons: ['exam.ours'],
      class: null,
      lagMs: missing + 1,
    });
    // The figures are shown, but not as a failure of the card.
    const { checks } = computed(missing + 1);
    expect(checks.map(({ verdict }) => verdict)).toEqual([
      'pass',
      'not judged',
      'pass',
      'pass',
      'pass',
      'pass',
      'not judged',
    ]);
    expect(computed(missing / 2)).toMatchObject({ outcome: 'failed' });
  });

  it('never becomes a pass by our standstill, and a wrong page is never ours', () => {
    expect(examFact(context(), record(1, 'proof.complete', 1e6)).outcome).toBe('ours');
    expect(examFact(context(), record(9, 'proof.wrong-page', 1e6))).toMatchObject({
      outcome: 'failed',
      reasons: ['proof.wrong-page'],
    });
  });
});

describe('the fact of an exam of a card of no listed name', () => {
  const unlisted = givenClass('unlisted', 'gpu', { gflops: 0.1, eligible: false });
  const small = givenClass('five', 'gpu', {
    gflops: 5,
    lowGflops: 4,
    memory: { bandwidthGBps: 10, lowGBps: 5, tableGops: 100, bestGops: 1000 },
    memoryBytes: 2 ** 20,
  });
  const catalogue = { classes: [small, unlisted] };
  const claim = { ...context().claim, memoryBytes: 2 ** 20, memoryEngine: 'webgpu' };
  const asUnlisted = { ...context(), claim, cardClass: unlisted, catalogue };
  const asFive = { ...context(), claim, cardClass: small, byMeasurement: true, catalogue };

  it('says as what it is asked next', () => {
    expect(examFact(asUnlisted, record(9))).toMatchObject({
      outcome: 'passed',
      claimedClass: 'unlisted',
      class: 'unlisted',
      measuredAs: 'five',
    });
    expect(examFact(asUnlisted, record(3)).measuredAs).toBeNull();
    expect(examFact(asUnlisted, { ...record(9), memory: null }).measuredAs).toBeNull();
  });

  it('is a class by measurement where it was asked as that and has kept it', () => {
    expect(examFact(asFive, record(4.1))).toMatchObject({
      outcome: 'passed',
      claimedClass: 'unlisted',
      class: 'five',
      measuredAs: 'five',
      reasons: ['exam.passed', 'class.by-measurement'],
    });
  });

  it('is passed and unlisted where it was slower than that, in its rate or its memory', () => {
    const slow = [record(3), { ...record(9), memory: memoryRecord(4) }];
    for (const one of slow)
      expect(examFact(asFive, one)).toMatchObject({
        outcome: 'passed',
        class: 'unlisted',
        measuredAs: null,
        reasons: ['exam.passed', 'class.unlisted'],
      });
  });

  it('is the failure that it was by a wrong proof, and unanswered where its table was never built', () => {
    expect(examFact(asFive, record(9, 'proof.wrong-page'))).toMatchObject({
      outcome: 'failed',
      reasons: ['proof.wrong-page'],
      measuredAs: null,
    });
    const memory = { task: memoryTask, attempts: 1, tableSeed: 'cc', buildMs: null };
    const declined = { ...memory, result: unproven('unanswered', 'exam.declined') };
    for (const gflops of [9, 3])
      expect(examFact(asFive, { ...record(gflops), memory: declined })).toMatchObject({
        outcome: 'unanswered',
        measuredAs: null,
      });
  });

  it('shows nothing where it was not together with the others, and keeps only what it had', () => {
    expect(withdrawn(examFact(asFive, record(9)))).toMatchObject({ class: null, measuredAs: 'five' });
    expect(withdrawn(examFact(asUnlisted, record(9)))).toMatchObject({ class: null, measuredAs: null });
    expect(withdrawn(examFact(context(), record(9)))).not.toHaveProperty('measuredAs');
  });
});
