import { describe, expect, it } from 'vitest';
import { computeOperations } from '../../protocol/shapes.js';
import { givenClass } from '../../scoring/catalogue/given.js';
import { examFact } from './exam-fact.js';
import type { CardRecord } from './room.js';

const shape = { n: 256, layers: 4, pages: 1024, rounds: 2 } as const;
const cardClass = givenClass('ten', 'gpu', { gflops: 10, lowGflops: 8 });
const timeAt = (gflops: number) => computeOperations(shape) / gflops / 1e6;

const record = (
  gflops: number,
  code: 'proof.complete' | 'proof.wrong-page' = 'proof.complete',
): CardRecord => ({
  shape,
  attempts: 1,
  result: {
    kind: 'checked',
    right: code === 'proof.complete' ? 1 : 0,
    code,
    commitment: {
      engine: 'onnx-cuda',
      seed: 'aa',
      roots: ['bb'],
      elapsedMs: timeAt(gflops),
      committedAt: 10_000,
      openings: [{ round: 0, page: 0 }],
    },
  },
});
const context = (lagMs = 0) => ({
  id: 'fa_1',
  at: 1,
  device: 'd',
  exam: 'e',
  card: 0,
  claim: { kind: 'gpu', model: 'Ten', memoryBytes: 0, engine: 'onnx-cuda' } as const,
  cardClass,
  roundTripMs: 0,
  commitMs: 20_000,
  lagBetween: (from: number, to: number) => (from < to && to === 10_000 ? lagMs : Number.NaN),
});

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
  });

  it('says of an answer that did not come how long was allowed', () => {
    const late: CardRecord = {
      shape,
      attempts: 2,
      result: {
        kind: 'unproven',
        outcome: 'failed',
        reason: 'exam.late',
        engine: 'onnx-cuda',
        commitment: null,
      },
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
    expect(checks.map(({ verdict }) => verdict)).toEqual(['pass', 'not judged', 'pass']);
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
