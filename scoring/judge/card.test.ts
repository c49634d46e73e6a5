import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Code } from '../../protocol/codes/table.js';
import type { ExamOutcome } from '../../protocol/status.js';
import { judgeCard, type PartVerdict } from './card.js';

const gpu = { kind: 'gpu' } as const;
const part = (outcome: ExamOutcome, reason: Code, proven: string | null = null): PartVerdict => ({
  outcome,
  reasons: [reason],
  class: proven,
  checks: [],
});
const passed = part('passed', 'exam.passed', 'rtx-4090');
const guessed = (code: Code): PartVerdict => ({
  ...part('passed', 'exam.passed', 'unlisted'),
  reasons: ['exam.passed', code],
});

describe('the verdict on a card', () => {
  it('confirms a class by both parts', () => {
    expect(judgeCard(gpu, passed, passed)).toMatchObject({
      outcome: 'passed',
      reasons: ['exam.passed'],
      class: 'rtx-4090',
    });
  });

  it('confirms none where one part only could not refute it, and says both reasons', () => {
    expect(judgeCard(gpu, passed, guessed('bandwidth.unmeasured'))).toMatchObject({
      outcome: 'passed',
      class: 'unlisted',
      reasons: ['exam.passed', 'bandwidth.unmeasured'],
    });
    expect(judgeCard(gpu, guessed('rate.unmeasured'), guessed('bandwidth.unmeasured'))).toMatchObject({
      class: 'unlisted',
      reasons: ['exam.passed', 'rate.unmeasured', 'bandwidth.unmeasured'],
    });
  });

  it('confirms no GPU without its memory, and needs none of a CPU', () => {
    expect(judgeCard(gpu, passed, null)).toMatchObject({
      outcome: 'passed',
      class: 'unlisted',
      reasons: ['exam.passed', 'memory.not-examined'],
    });
    const cpu = part('passed', 'exam.passed', 'cpu');
    expect(judgeCard({ kind: 'cpu' }, cpu, null)).toMatchObject({ class: 'cpu', reasons: ['exam.passed'] });
  });

  it('fails by either part, with the reasons of both where both failed', () => {
    const slow = part('failed', 'rate.below-class');
    const wrong = part('failed', 'proof.wrong-walk');
    expect(judgeCard(gpu, slow, passed)).toMatchObject({ outcome: 'failed', reasons: ['rate.below-class'] });
    expect(judgeCard(gpu, passed, wrong)).toMatchObject({ outcome: 'failed', reasons: ['proof.wrong-walk'] });
    expect(judgeCard(gpu, slow, wrong).reasons).toEqual(['rate.below-class', 'proof.wrong-walk']);
  });

  it('lets nobody escape a failure by silence in the other part, nor by a fault of ours there', () => {
    const slow = part('failed', 'rate.below-class');
    for (const other of [part('unanswered', 'exam.declined'), part('ours', 'exam.ours')]) {
      expect(judgeCard(gpu, slow, other)).toMatchObject({ outcome: 'failed', reasons: ['rate.below-class'] });
    }
  });

  it('is unanswered, or ours, where its memory part was', () => {
    expect(judgeCard(gpu, passed, part('unanswered', 'exam.declined'))).toMatchObject({
      outcome: 'unanswered',
      reasons: ['exam.declined'],
      class: null,
    });
    expect(judgeCard(gpu, passed, part('ours', 'exam.ours'))).toMatchObject({ outcome: 'ours', class: null });
  });

  it('never passes unless every part did, and gives a class to nothing else', () => {
    const parts = fc.constantFrom(
      passed,
      guessed('rate.unmeasured'),
      part('failed', 'exam.late'),
      part('unanswered', 'exam.declined'),
      part('ours', 'exam.ours'),
    );
    fc.assert(
      fc.property(parts, fc.option(parts), (compute, memory) => {
        const { outcome, class: proven, reasons } = judgeCard(gpu, compute, memory);
        const all = [compute, memory].flatMap((one) => one ?? []);
        expect(outcome === 'passed').toBe(all.every((one) => one.outcome === 'passed'));
        expect(proven !== null).toBe(outcome === 'passed');
        if (proven === 'rtx-4090') expect([compute, memory]).toEqual([passed, passed]);
        expect(new Set(reasons).size).toBe(reasons.length);
        expect(reasons.length).toBeGreaterThan(0);
      }),
    );
  });
});
