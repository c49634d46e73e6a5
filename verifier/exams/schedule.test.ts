import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastExam, nextExamMs } from './schedule.js';

const hour = 3600_000;
const base = { last: null, inARow: 0, sinceLastMs: null, uniform: 0.5 } as const;

describe('the plan of exams', () => {
  it('examines a new device with the next cohort', () => {
    expect(nextExamMs({ ...base, status: 'enrolled' })).toBe(0);
  });

  it('asks again at once when an exam ended as ours', () => {
    expect(nextExamMs({ ...base, status: 'verified', last: 'ours', inARow: 1, sinceLastMs: 0 })).toBe(0);
    expect(nextExamMs({ ...base, status: 'examining', last: 'ours', inARow: 3, sinceLastMs: 0 })).toBe(0);
  });

  it('slows down when the fault of ours stays', () => {
    expect(
      nextExamMs({ ...base, status: 'examining', last: 'ours', inARow: 9, sinceLastMs: 0 }),
    ).toBeGreaterThan(60_000);
  });

  it('plans nothing for who is quarantined or retired', () => {
    expect(nextExamMs({ ...base, status: 'quarantined' })).toBeNull();
    expect(nextExamMs({ ...base, status: 'retired' })).toBeNull();
  });

  it('backs off after each refusal, and not forever', () => {
    const waits = [1, 2, 3, 4, 5, 6, 20].map((inARow) =>
      nextExamMs({ ...base, status: 'rejected', last: 'failed', inARow, sinceLastMs: 0 }),
    );
    expect(waits.slice(0, 3)).toEqual([600_000, 1_200_000, 2_400_000]);
    expect(waits.at(-1)).toBe(6 * hour);
  });

  it('lets new hardware not jump the pause after a failure', () => {
    expect(nextExamMs({ ...base, status: 'examining', last: 'failed', inARow: 1, sinceLastMs: 0 })).toBe(
      600_000,
    );
  });

  it('counts waiting offline as waiting', () => {
    expect(nextExamMs({ ...base, status: 'rejected', last: 'failed', inARow: 1, sinceLastMs: hour })).toBe(0);
  });

  it('examines again within a day of the last exam, however often the device reconnects', () => {
    const late = { ...base, status: 'verified', last: 'passed', uniform: 0.999 } as const;
    expect(nextExamMs({ ...late, sinceLastMs: 20 * hour })).toBe(3 * hour);
    expect(nextExamMs({ ...late, sinceLastMs: 30 * hour })).toBe(0);
  });

  it('has a mean of six hours between routine exams and never more than 23', () => {
    const waits = Array.from({ length: 10_000 }, (_, i) =>
      nextExamMs({ ...base, status: 'verified', last: 'passed', uniform: (i + 0.5) / 10_000 }),
    ) as number[];
    expect(waits.reduce((sum, wait) => sum + wait, 0) / waits.length / hour).toBeCloseTo(6, 0);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (uniform) => {
        const wait = nextExamMs({ ...base, status: 'verified', last: 'passed', uniform });
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(23 * hour);
      }),
    );
  });
});

describe('the last exam of a device', () => {
  it('is as good as its worst card', () => {
    const outcomes = [
      { at: 1, outcome: 'passed' },
      { at: 2, outcome: 'unanswered' },
      { at: 2, outcome: 'passed' },
      { at: 3, outcome: 'passed' },
      { at: 3, outcome: 'unanswered' },
    ] as const;
    expect(lastExam(outcomes)).toEqual({ last: 'unanswered', inARow: 2 });
    expect(lastExam(outcomes.slice(0, 1))).toEqual({ last: 'passed', inARow: 1 });
    expect(lastExam([])).toEqual({ last: null, inARow: 0 });
  });
});
