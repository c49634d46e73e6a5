import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FaultyLine } from '../testing/faulty-line.js';
import { linkMs } from '../testing/outage-verifier.js';

const minute = 60_000;
const hour = 60 * minute;
const tables = [
  [0, '0a'.repeat(32)],
  [3, '0b'.repeat(32)],
] as const;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** Online for ten minutes and some seconds. */
async function online(): Promise<FaultyLine> {
  const line = new FaultyLine(tables);
  line.connect();
  await pass(10 * minute + 17_000);
  return line;
}

describe('an honest device', () => {
  it('that is cut off for an hour loses less than two links of it', async () => {
    const line = await online();
    line.cut();
    await pass(hour);
    line.connect();
    await pass(10_000);
    expect(line.verifier.settled).toMatchObject([{ faults: [], links: 59 }]);
    expect([...(line.verifier.settled[0]?.walked ?? [])]).toEqual([
      [0, 59],
      [3, 59],
    ]);
    expect(line.squaredOnline).toBe(0);
  });

  it('begins with the newest chain that reached it, not with one that was on its way', async () => {
    const line = await online();
    line.delayMs = 2 * minute;
    await pass(minute);
    const cutAt = Date.now();
    line.cut();
    await pass(10 * minute);
    line.delayMs = 50;
    line.connect();
    await pass(10_000);
    const [settled] = line.verifier.settled;
    expect(settled?.faults).toEqual([]);
    expect(cutAt - (settled?.issuedAt ?? 0)).toBeGreaterThan(minute);
    expect(cutAt - (settled?.issuedAt ?? 0)).toBeLessThan(2 * minute);
  });

  it('shows its outage once, though the connection died right after the report', async () => {
    const line = await online();
    line.cut();
    await pass(20 * minute);
    for (const aliveMs of [60, 10, 180]) {
      line.connect();
      await pass(aliveMs);
      line.cut();
      await pass(5000);
    }
    line.connect();
    await pass(hour);
    expect(line.verifier.settled).toMatchObject([{ faults: [], links: 19 }]);
    // The one that died at once took the report with it.
    expect(line.verifier.reports).toHaveLength(3);
  });

  it('on a line that comes and goes reports each outage that was longer than a link', async () => {
    const line = await online();
    for (const downMs of [3 * minute, 20_000, 7 * minute, 50_000, 2.5 * minute]) {
      line.cut(15_000);
      await pass(downMs);
      line.connect();
      await pass(30_000);
    }
    expect(line.verifier.settled.map(({ links }) => links)).toEqual([2, 6, 2]);
    expect(line.verifier.settled.flatMap(({ faults }) => faults)).toEqual([]);
    expect(line.squaredOnline).toBe(0);
  });

  it('whose line was only silent for a while reports nothing, and then solves on', async () => {
    const line = await online();
    const stalled = line.stall(90_000);
    await pass(90_000);
    await stalled;
    await pass(30_000);
    expect(line.verifier.reports).toEqual([]);
    expect(line.squarer.running).toBe(0);
    line.cut();
    await pass(10 * minute);
    line.connect();
    await pass(10_000);
    expect(line.verifier.settled).toMatchObject([{ faults: [], links: 9 }]);
    expect(line.squaredOnline).toBe(0);
  });

  it('whose table of one card goes in the outage proves it for the other', async () => {
    const line = await online();
    line.cut();
    await pass(10 * minute);
    line.walks.tables.delete(3);
    await pass(20 * minute);
    line.connect();
    await pass(10_000);
    const [settled] = line.verifier.settled;
    expect(settled?.faults).toEqual([]);
    expect([...(settled?.walked ?? [])]).toEqual([
      [0, 29],
      [3, 9],
    ]);
  });

  it('that never had a line, or no chain yet, solves nothing', async () => {
    const line = new FaultyLine(tables);
    line.cut();
    await pass(hour);
    line.connect();
    line.cut();
    await pass(hour);
    expect(line.squarer.calls).toEqual([]);
  });
});

describe('on any line', () => {
  const stretch = fc.record({
    upMs: fc.integer({ min: 0, max: 5 * minute }),
    downMs: fc.integer({ min: 0, max: 12 * minute }),
    noticeMs: fc.constantFrom(0, 1, 15_000),
    delayMs: fc.integer({ min: 0, max: 3000 }),
    walkMs: fc.integer({ min: 1, max: 2000 }),
    loses: fc.boolean(),
    stallMs: fc.integer({ min: 0, max: 2 * minute }),
  });

  it('an honest device never squares online, and all it shows is right and takes no more than the outage', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(stretch, { minLength: 1, maxLength: 12 }), async (stretches) => {
        const line = new FaultyLine(tables);
        for (const { upMs, downMs, noticeMs, delayMs, walkMs, loses, stallMs } of stretches) {
          Object.assign(line.walks, { walkMs });
          line.delayMs = delayMs;
          line.connect();
          await pass(upMs);
          const stalled = line.stall(stallMs);
          await pass(stallMs);
          await stalled;
          line.cut(noticeMs);
          await pass(downMs);
          if (loses) line.walks.tables.delete(3);
        }
        line.delayMs = 10;
        line.walks.walkMs = 1;
        line.connect();
        await pass(10 * minute);
        await line.close();
        const { settled, reports } = line.verifier;
        expect(settled.flatMap(({ faults }) => faults)).toEqual([]);
        expect(line.squaredOnline).toBe(0);
        expect(line.squarer.running).toBe(0);
        expect(line.toldTwice).toBe(0);
        // Nothing is solved faster than time.
        for (const { links, issuedAt, at } of settled)
          expect(links * linkMs).toBeLessThanOrEqual(at - issuedAt);
        // What was reported last has had its verdict by now.
        const last = reports.at(-1);
        if (last) expect(settled.at(-1)?.links).toBe(last.links);
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });
});
