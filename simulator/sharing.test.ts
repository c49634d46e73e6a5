import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evenly, lowestFirst, type ShareRule, Timetable } from './sharing.js';

interface Job {
  readonly begin: number;
  readonly work: number;
}

/** Plays one job a tenant and returns when each ended. */
function play(share: ShareRule, jobs: readonly Job[]): number[] {
  const timetable = new Timetable(share, 0);
  const ends = new Array<number>(jobs.length).fill(Number.NaN);
  const note = (now: number) => {
    for (const { tenant, at } of timetable.advance(now)) ends[tenant] = at;
  };
  const order = jobs.map((job, tenant) => ({ ...job, tenant })).sort((a, b) => a.begin - b.begin);
  for (const { tenant, begin, work } of order) {
    note(begin);
    timetable.begin(tenant, work);
  }
  note(Number.MAX_SAFE_INTEGER);
  return ends;
}

/** The same by brute force: many tiny slices. */
function playInSlices(jobs: readonly Job[], slice: number): number[] {
  const left = jobs.map((job) => job.work);
  const ends = new Array<number>(jobs.length).fill(Number.NaN);
  for (let now = 0; ends.some(Number.isNaN); now += slice) {
    const busy = jobs.flatMap((job, i) => (job.begin <= now && Number.isNaN(ends[i]) ? [i] : []));
    for (const i of busy) {
      left[i] = (left[i] ?? 0) - slice / busy.length;
      if ((left[i] ?? 0) <= 1e-6) ends[i] = now + slice;
    }
  }
  return ends;
}

const jobs = fc.array(
  fc.record({ begin: fc.integer({ min: 0, max: 200 }), work: fc.integer({ min: 1, max: 100 }) }),
  { minLength: 1, maxLength: 6 },
);

describe('a shared chip', () => {
  it('gives a lone tenant all of itself', () => {
    expect(play(evenly, [{ begin: 5, work: 30 }])).toEqual([35]);
  });

  it('makes k equal jobs that begin together take k times as long', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 1000 }), (k, work) => {
        for (const end of play(
          evenly,
          Array.from({ length: k }, () => ({ begin: 0, work })),
        ))
          expect(end).toBeCloseTo(k * work, 6);
      }),
    );
  });

  it('speeds up for those that stay when one leaves', () => {
    expect(
      play(evenly, [
        { begin: 0, work: 10 },
        { begin: 0, work: 30 },
      ]),
    ).toEqual([20, 40]);
  });

  it('agrees with slicing time finely', () => {
    fc.assert(
      fc.property(jobs, (some) => {
        const fine = playInSlices(some, 1 / 64);
        for (const [i, end] of play(evenly, some).entries())
          expect(Math.abs(end - (fine[i] ?? 0))).toBeLessThan(some.length / 4);
      }),
      { numRuns: 30 },
    );
  });

  it('never does more work than its time allows, whatever the rule', () => {
    fc.assert(
      fc.property(jobs, fc.constantFrom(evenly, lowestFirst), (some, rule) => {
        const first = Math.min(...some.map((job) => job.begin));
        const total = some.reduce((sum, job) => sum + job.work, 0);
        const ends = play(rule, some);
        expect(Math.max(...ends)).toBeGreaterThanOrEqual(first + total - 1e-6);
        for (const [i, end] of ends.entries())
          expect(end).toBeGreaterThanOrEqual((some[i]?.begin ?? 0) + (some[i]?.work ?? 0) - 1e-6);
      }),
    );
  });

  it('serves the lowest number first where its owner colludes, and the rest no faster in sum', () => {
    const together = Array.from({ length: 4 }, () => ({ begin: 0, work: 10 }));
    expect(play(lowestFirst, together)).toEqual([10, 20, 30, 40]);
  });

  it('lets who was late use the time that it idled, and no more', () => {
    const timetable = new Timetable(evenly, 0);
    timetable.advance(10);
    timetable.begin(0, 30, 4);
    expect(timetable.advance(100)).toEqual([{ tenant: 0, at: 34 }]);
    timetable.begin(1, 80, 0);
    expect(timetable.advance(200)).toEqual([{ tenant: 1, at: 114 }]);
  });

  it('gives no time twice that another had', () => {
    const late = fc.integer({ min: 0, max: 50 });
    fc.assert(
      fc.property(jobs, fc.array(late, { minLength: 6, maxLength: 6 }), (some, lateness) => {
        const timetable = new Timetable(evenly, 0);
        let served = 0;
        const order = some.map((job, tenant) => ({ ...job, tenant })).sort((a, b) => a.begin - b.begin);
        let end = 0;
        const note = (now: number) => {
          for (const { tenant, at } of timetable.advance(now)) {
            served += some[tenant]?.work ?? 0;
            end = Math.max(end, at);
            expect(served).toBeLessThanOrEqual(end + 1e-6);
          }
        };
        for (const { tenant, begin, work } of order) {
          note(begin);
          timetable.begin(tenant, work, begin - (lateness[tenant] ?? 0));
        }
        note(Number.MAX_SAFE_INTEGER);
      }),
    );
  });

  it('takes one job a tenant', () => {
    const timetable = new Timetable(evenly, 0);
    timetable.begin(1, 5);
    expect(() => timetable.begin(1, 5)).toThrow(RangeError);
  });
});
