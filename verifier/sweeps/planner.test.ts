import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { uniformFrom } from '../../protocol/testing/uniform.js';
import { Planner } from './planner.js';

const hour = 3600_000;
const settings = { sweepCards: 10, fleetWindowCards: 20, sweepEveryMs: hour, fleetEveryMs: 24 * hour };

/** A planner in virtual time. */
function open(seed: number, lastRoundAt: number | null = null, changes: Partial<typeof settings> = {}) {
  let now = 1e12;
  const clock = { now: () => now, monotonic: () => now - 1e12 };
  const planner = new Planner({ clock, uniform: uniformFrom(seed), settings: { ...settings, ...changes } });
  planner.begin(lastRoundAt);
  const run = (ms: number, due: (kind: 'random' | 'fleet', at: number) => void) => {
    const end = now + ms;
    while (now + Math.ceil(planner.nextInMs) <= end) {
      // Whole milliseconds, before they are added: a clock that stands an atom before the instant would stand there for ever.
      now += Math.ceil(planner.nextInMs);
      const taken = planner.take();
      if (taken !== null) due(taken.sweepKind, now);
    }
    now = end;
  };
  return { planner, run };
}

describe('the plan of sweeps', () => {
  it('holds random ones as a Poisson process: gaps have the mean, and their deviation is as large', () => {
    const { run } = open(5, null, { fleetEveryMs: 0 });
    const times: number[] = [];
    run(5_000 * hour, (_, at) => times.push(at));
    const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0));
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    expect(mean / hour).toBeCloseTo(1, 1);
    expect(Math.sqrt(variance) / hour).toBeCloseTo(1, 0);
  });

  it('goes round the whole fleet about daily, and never twice within half a day', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { planner, run } = open(seed, null, { sweepEveryMs: 0 });
        const rounds: number[] = [];
        run(30 * 24 * hour, (_, at) => {
          rounds.push(at);
          planner.roundOver();
        });
        const gaps = rounds.slice(1).map((at, i) => at - (rounds[i] ?? 0));
        for (const gap of gaps) {
          expect(gap).toBeGreaterThanOrEqual(12 * hour);
          expect(gap).toBeLessThanOrEqual(36 * hour);
        }
        expect(gaps.length).toBeGreaterThan(15);
      }),
      { numRuns: 50 },
    );
  });

  it('goes on with a round that another leader may have left unfinished', () => {
    const began = 1e12 - hour;
    const { planner, run } = open(9, began, { sweepEveryMs: 0 });
    const kinds: string[] = [];
    run(hour, (kind) => {
      kinds.push(kind);
      expect(planner.roundSince).toBe(began);
      planner.roundOver();
    });
    expect(kinds).toEqual(['fleet']);
  });

  it('plans nothing where nothing is wanted', () => {
    const { planner } = open(1, null, { sweepEveryMs: 0, fleetEveryMs: 0 });
    expect(planner.nextInMs).toBe(Number.POSITIVE_INFINITY);
    expect(planner.take()).toBe(null);
  });
});
