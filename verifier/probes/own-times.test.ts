import { describe, expect, it } from 'vitest';
import { OwnTimes, type WalkedTable } from './own-times.js';

const shape = { n: 256, layers: 1, banks: 2, bankPages: 64, rounds: 4, walkers: 16, steps: 4 } as const;
const whole: WalkedTable = { tableSeed: 'aa', purpose: 'whole', engine: 'webgpu', shape, rounds: 2 };
const ballast: WalkedTable = { ...whole, tableSeed: 'bb', purpose: 'ballast' };
const probe = (
  elapsedMs: number | null,
  load: number | null = null,
  outcome: 'passed' | 'failed' = 'passed',
) => ({
  outcome,
  elapsedMs,
  roundTripMs: null,
  load,
});

function of(times: OwnTimes, table: WalkedTable, all: readonly number[], load: number | null = null) {
  for (const ms of all) times.add(table, probe(ms, load));
}

describe('the times of a card', () => {
  it('are those of passed probes on equal tables, the last twenty', () => {
    const times = new OwnTimes();
    times.add(whole, probe(5, null, 'failed'));
    times.add({ ...whole, rounds: 3 }, probe(6));
    times.add({ ...whole, shape: { ...shape, layers: 2 } }, probe(7));
    of(
      times,
      { ...whole, tableSeed: 'cc' },
      Array.from({ length: 25 }, (_, at) => at),
    );
    expect(times.ownMs(whole)).toEqual(Array.from({ length: 20 }, (_, at) => at + 5));
  });

  it('make a baseline of five, of idle probes only', () => {
    const times = new OwnTimes();
    of(times, whole, [10, 10, 10, 10]);
    of(times, whole, [90, 90, 90], 0.5);
    expect(times.baselineMs(whole)).toBeNull();
    of(times, whole, [10], 0.1);
    expect(times.baselineMs(whole)).toBe(10);
    expect(times.ownMs(whole)).toHaveLength(8);
  });

  it('never raise the baseline of a ballast: what stays must not become what is usual', () => {
    const times = new OwnTimes();
    for (const table of [whole, ballast]) of(times, table, Array<number>(5).fill(10));
    for (const table of [whole, ballast]) of(times, table, Array<number>(60).fill(30));
    expect(times.baselineMs(whole)).toBe(30);
    expect(times.baselineMs(ballast)).toBe(10);
    of(times, ballast, Array<number>(60).fill(8));
    expect(times.baselineMs(ballast)).toBe(8);
    // Another ballast is another lease.
    const next = { ...ballast, tableSeed: 'dd' };
    of(times, next, Array<number>(50).fill(20));
    expect(times.baselineMs(next)).toBe(20);
  });

  it('are known for a few kinds of tables, those used last', () => {
    const times = new OwnTimes();
    of(times, whole, [1]);
    for (let layers = 2; layers < 6; layers += 1)
      of(times, { ...whole, shape: { ...shape, layers } }, [layers]);
    expect(times.ownMs(whole)).toEqual([]);
    expect(times.ownMs({ ...whole, shape: { ...shape, layers: 5 } })).toEqual([5]);
  });
});
