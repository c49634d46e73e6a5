import { describe, expect, it } from 'vitest';
import type { Code } from '../../protocol/codes/table.js';
import type { Check, ExamOutcome } from '../../protocol/status.js';
import { givenClass } from '../catalogue/given.js';
import { memoryShapeFor } from '../catalogue/memory-shape.js';
import { confirmedByMeasurement, measuredAs, withoutBlame } from './by-measurement.js';
import type { CardVerdict, PartVerdict } from './card.js';
import { named } from './check.js';

const memory = { bandwidthGBps: 100, tableGops: 1000, bestGops: 1000 };
const ten = givenClass('ten', 'gpu', { memoryBytes: 2 ** 30, gflops: 10, lowGflops: 8, memory });
const hundred = givenClass('hundred', 'gpu', { memoryBytes: 2 ** 30, gflops: 100, lowGflops: 80, memory });
const catalogue = { classes: [ten, hundred] };

const check = (verdict: Check['verdict'], code: Code): Check => ({
  check: 'compute.rate',
  measured: 7,
  required: 8,
  relation: 'at least',
  unit: 'GFLOP/s',
  verdict,
  ...named(code),
});
const failedFor = (...reasons: Code[]): PartVerdict => ({
  outcome: 'failed',
  reasons,
  class: null,
  checks: reasons.map((reason) => check('fail', reason)),
});

describe('a part of an exam by a class that was never claimed', () => {
  it.each(['rate.below-class', 'bandwidth.below-class'] as const)(
    'is passed without a class by %s',
    (code) => {
      const verdict = withoutBlame(failedFor(code));
      expect(verdict).toMatchObject({ outcome: 'passed', class: 'unlisted' });
      expect(verdict.reasons).toEqual(['exam.passed', 'class.unlisted']);
      expect(verdict.checks).toMatchObject([
        { measured: 7, required: 8, verdict: 'not judged', code: 'class.unlisted' },
      ]);
    },
  );

  it.each([
    [['proof.wrong-page']],
    [['proof.wrong-walk']],
    [['rate.above-physics']],
    [['bandwidth.below-class', 'bandwidth.above-physics']],
    [['exam.late']],
    [['exam.silent']],
  ] as Code[][][])('stays a failure by %s', (reasons) => {
    expect(withoutBlame(failedFor(...reasons))).toEqual(failedFor(...reasons));
  });

  it.each(['passed', 'unanswered', 'ours'] as ExamOutcome[])('stays %s', (outcome) => {
    const verdict = { ...failedFor('rate.below-class'), outcome };
    expect(withoutBlame(verdict)).toEqual(verdict);
  });
});

describe('the verdict on such a card', () => {
  const verdict: CardVerdict = { outcome: 'passed', reasons: ['exam.passed'], class: 'ten', checks: [] };

  it('says that the class is by measurement, where it is that class', () => {
    expect(confirmedByMeasurement(verdict, ten).reasons).toEqual(['exam.passed', 'class.by-measurement']);
    for (const other of [
      { ...verdict, class: 'unlisted' },
      { ...verdict, outcome: 'failed' as const, class: null },
    ])
      expect(confirmedByMeasurement(other, ten)).toEqual(other);
  });
});

describe('what a card of no listed name is asked as next', () => {
  const claim = {
    kind: 'gpu',
    model: 'New',
    memoryBytes: 2 ** 30,
    engine: 'e',
    memoryEngine: 'webgpu',
  } as const;
  const shape = memoryShapeFor(ten, claim);
  if (shape === null) throw new Error('no shape');
  const measured = { claim, engine: 'e', gflops: 9, bandwidthGBps: 50, shape, buildMs: null };
  const verdict = (outcome: ExamOutcome, of: string | null = null, ...reasons: Code[]) => ({
    outcome,
    reasons,
    class: of,
  });
  const next = (exam: Partial<Parameters<typeof measuredAs>[1]>) =>
    measuredAs(catalogue, { verdict: verdict('passed', 'unlisted'), asked: null, measured, ...exam });

  it('is the class that its exam as an unlisted card has shown, with some to spare', () => {
    expect(next({})).toBe('ten');
    expect(next({ measured: { ...measured, gflops: 200 } })).toBe('hundred');
    expect(next({ measured: { ...measured, gflops: 81 } })).toBe('ten');
    expect(next({ measured: { ...measured, gflops: 8.1 } })).toBeNull();
  });

  it('is none where that exam was not passed, or did not show its memory', () => {
    expect(next({ measured: null })).toBeNull();
    for (const outcome of ['failed', 'unanswered', 'ours'] as const)
      expect(next({ verdict: verdict(outcome) })).toBeNull();
  });

  it('is the same class while it keeps it, whatever else it has shown', () => {
    const faster = { ...measured, gflops: 200 };
    expect(next({ asked: ten, verdict: verdict('passed', 'ten'), measured: faster })).toBe('ten');
  });

  it('is none after it has missed it, so that it is measured anew', () => {
    expect(next({ asked: hundred, verdict: verdict('passed', 'unlisted') })).toBeNull();
    expect(next({ asked: hundred, verdict: verdict('failed', null, 'exam.late') })).toBeNull();
  });

  it('is none where it can’t take the exam of the class at all, and the same where a line broke, or we did', () => {
    const ended = (outcome: ExamOutcome, reason: Code) =>
      next({ asked: ten, verdict: verdict(outcome, null, reason), measured: null });
    expect(ended('unanswered', 'exam.not-ready')).toBeNull();
    expect(ended('unanswered', 'exam.declined')).toBeNull();
    expect(ended('unanswered', 'exam.unanswered')).toBe('ten');
    expect(ended('ours', 'exam.ours')).toBe('ten');
  });
});
