import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uniformFrom } from '../../protocol/testing/uniform.js';
import { type Load, loadSoFar } from './load-budget.js';
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

describe('the load of a verified card', () => {
  const day = 24 * hour;

  it('makes its own exams as rare as sweeps make up for, and leaves it one a day', () => {
    const gap = (sweeps: number) =>
      nextExamMs({
        ...base,
        status: 'verified',
        last: 'passed',
        uniform: 1 - 1 / Math.E,
        load: { sweeps, roomInMs: 0 },
      });
    expect([0, 1, 2, 3].map((sweeps) => Math.round(((gap(sweeps) ?? 0) / hour) * 10) / 10)).toEqual([
      6, 8, 12, 23,
    ]);
    expect(gap(20)).toBe(23 * hour);
  });

  it('is never a time in which a device knows that nobody asks', () => {
    const load = { sweeps: 0, roomInMs: 20 * hour };
    const wait = (uniform: number) =>
      nextExamMs({ ...base, status: 'verified', last: 'passed', sinceLastMs: 0, uniform, load }) ?? 0;
    const within = (ms: number) =>
      Array.from({ length: 1_000 }, (_, i) => wait(i / 1_000)).filter((one) => one <= ms).length / 1_000;
    // An hour in 48, as a Poisson process has it; beyond its end it goes on at its usual pace.
    expect(within(1 * hour)).toBeCloseTo(1 - Math.exp(-1 / 48), 2);
    expect(within(20 * hour)).toBeCloseTo(1 - Math.exp(-20 / 48), 2);
    expect(wait(1 - Math.exp(-20 / 48 - 0.25))).toBeCloseTo(21.5 * hour, -1);
  });

  it('asks again what broke off, whatever the budget says', () => {
    const load = { sweeps: 0, roomInMs: 5 * hour };
    expect(
      nextExamMs({ ...base, status: 'verified', last: 'unanswered', inARow: 1, sinceLastMs: 0, load }),
    ).toBe(60_000);
  });

  it('never takes more than one per cent of any 24 hours of a card that is examined and swept for a month', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400_000 }),
        fc.integer({ min: 1, max: 2 ** 31 }),
        (costMs, seed) => {
          const uniform = uniformFrom(seed);
          const loads: Load[] = [];
          const beside = new Set<Load>();
          let now = 0;
          const examined = (swept: boolean) => loads.push({ at: now, card: 0, costMs, swept });
          while (now < 30 * day) {
            const load = loadSoFar('verified', loads, now);
            const last = loads.at(-1)?.at ?? 0;
            const next = nextExamMs({
              ...base,
              status: 'verified',
              last: 'passed',
              sinceLastMs: now - last,
              uniform: uniform(),
              load,
            }) as number;
            // A sweep that has no room for the card leaves it out.
            const sweepIn = -Math.log(1 - uniform()) * 8 * hour;
            now += Math.min(next, sweepIn);
            if (next <= sweepIn) {
              examined(false);
              if (next < load.roomInMs) beside.add(loads.at(-1) as Load);
            } else if (loadSoFar('verified', loads, now).roomInMs === 0) examined(true);
          }
          // In the mean one in two days comes beside the budget, so that no hour is safe.
          expect(beside.size).toBeLessThan(50);
          const gaps = loads.map(({ at }, i) => at - (loads[i - 1]?.at ?? 0));
          for (const [i, { at }] of loads.entries()) {
            // The one exam a day that it needs to earn comes whatever was before.
            if ((gaps[i] ?? 0) >= 23 * hour || beside.has(loads[i] as Load)) continue;
            const spent = loads.filter((one) => one.at > at - day && one.at <= at).length * costMs;
            expect(spent).toBeLessThanOrEqual(0.01 * day);
          }
          // And it is asked often enough to earn: a pass within every day.
          expect(Math.max(...gaps)).toBeLessThanOrEqual(day);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('lets a suspended card be asked six times as much', () => {
    const loads = Array.from({ length: 6 }, (_, i) => ({ at: i, card: 0, costMs: 150_000 }));
    expect(loadSoFar('verified', loads, 10).roomInMs).toBe(day - 9);
    expect(loadSoFar('suspended', loads, 10).roomInMs).toBe(0);
    expect(loadSoFar('examining', loads, 10).roomInMs).toBe(0);
  });

  it('waits for the card that has most behind it, and examines once a day what alone is dearer than the budget', () => {
    const cheap = { at: 0, card: 0, costMs: 1 };
    expect(loadSoFar('verified', [cheap, { at: 5, card: 1, costMs: 900_000 }], 10).roomInMs).toBe(day - 5);
    expect(loadSoFar('verified', [{ at: 0, card: 1, costMs: 900_000 }], day).roomInMs).toBe(0);
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
