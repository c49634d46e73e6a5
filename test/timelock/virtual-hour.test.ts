import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { uniformFrom } from '../../protocol/testing/uniform.js';
import { hour, minute, second, VirtualHour } from './testing/hour.js';

beforeEach(() => {
  vi.useFakeTimers({ now: 493_000 * hour });
});
afterEach(() => {
  vi.useRealTimers();
});

/** What can't be had back of an outage: the link that was begun, its end, and what both ends needed to notice it. */
const roundingMs = 90 * second;

/** Nothing speaks against the card, and both sides understood each other. */
function expectHonest(all: VirtualHour): void {
  expect(all.codes().filter((code) => code.startsWith('probe.wrong-'))).toEqual([]);
  expect(
    all.record.outages.map(({ code }) => code).filter((code) => code.startsWith('offline.wrong-')),
  ).toEqual([]);
  expect(all.station.soon).toEqual([]);
  expect(all.station.errors).toEqual([]);
  expect(all.rig.refused).toEqual([]);
  all.expectChained();
}

describe('an honest device', () => {
  it('has all of an hour on a good line', async () => {
    const all = await VirtualHour.begin(1, 2);
    await all.pass(hour);
    expectHonest(all);
    expect(new Set(all.codes())).toEqual(new Set(['probe.passed']));
    for (const card of [0, 1]) expect(all.proven(card)).toMatchObject({ share: 1, missingMs: 0 });
    expect(all.record.upMinutes(0, all.begin, Date.now())).toBe(59);
    await all.close();
  });

  it.each([2, 3])('has it also on a line that breaks every few minutes (%i)', async (seed) => {
    const all = await VirtualHour.begin(seed, 2);
    const uniform = uniformFrom(seed);
    for (let at = 0; at < 12; at += 1) {
      all.line.break();
      await all.pass((1 + 8 * uniform()) * minute);
    }
    await all.rest();
    expectHonest(all);
    expect(all.codes().filter((code) => code !== 'probe.passed' && code !== 'probe.unanswered')).toEqual([]);
    for (const card of [0, 1]) {
      // A probe that broke off costs the time up to the next one, and no more.
      const broken = all.record.probes.filter(
        (probe) => probe.card === card && probe.outcome === 'unanswered',
      );
      expect(all.proven(card).gaps.length).toBeLessThanOrEqual(broken.length);
    }
    await all.close();
  });

  it('has it on a line that is seconds late now and then', async () => {
    const all = await VirtualHour.begin(5);
    const uniform = uniformFrom(5);
    for (let at = 0; at < 60; at += 1) {
      // Ten seconds of each minute.
      all.line.delayMs = () => 20 + uniform() * 4 * second;
      await all.pass(10 * second);
      all.line.delayMs = () => 20;
      await all.pass(50 * second);
    }
    await all.rest();
    expectHonest(all);
    expect(all.codes().filter((code) => code === 'probe.missed' || code === 'probe.late')).toEqual([]);
    // A probe that the line was too slow for costs the time up to the next one, and no more.
    const slow = all.codes().filter((code) => code === 'probe.slow-line');
    expect(all.proven().gaps.length).toBeLessThanOrEqual(slow.length);
    expect(all.record.upMinutes(0, all.begin, all.begin + hour)).toBe(59);
    await all.close();
  });

  it.each([6, 7, 8])(
    'has all of an hour without a line but what can not be shown of a link (%i)',
    async (seed) => {
      const all = await VirtualHour.begin(seed, 2);
      await all.pass(20 * minute);
      const from = Date.now();
      await all.cut(hour);
      await all.rest();
      expectHonest(all);
      const [outage] = all.record.outages;
      expect(outage).toMatchObject({ code: 'offline.credited' });
      for (const card of [0, 1]) {
        expect(all.proven(card)).toMatchObject({ share: 1, missingMs: 0 });
        const credited = outage?.cards[card]?.creditedMs ?? 0;
        expect(credited).toBeGreaterThan(hour - roundingMs);
        expect(all.record.upMinutes(card, from, from + hour)).toBeGreaterThanOrEqual(57);
      }
      await all.close();
    },
  );

  it('has it in outages of a few minutes, too', async () => {
    const all = await VirtualHour.begin(11);
    for (const minutes of [2, 3, 5, 8, 4, 2.5, 6, 3.5]) {
      await all.pass(7 * minute);
      await all.cut(minutes * minute);
    }
    await all.rest();
    expectHonest(all);
    expect(all.record.outages.map(({ code }) => code)).toEqual(Array(8).fill('offline.credited'));
    expect(all.proven()).toMatchObject({ share: 1 });
    await all.close();
  });

  it('loses nothing where the journal was away with its probes and its outage', async () => {
    const all = await VirtualHour.begin(12);
    await all.pass(20 * minute);
    all.record.away = true;
    await all.cut(20 * minute);
    await all.pass(20 * minute);
    expect(all.record.outages).toEqual([]);
    all.record.away = false;
    await all.pass(minute);
    all.line.break();
    await all.rest();
    expect(all.record.outages).toMatchObject([{ code: 'offline.credited' }]);
    expect(all.proven()).toMatchObject({ share: 1 });
    expect(all.station.soon).toEqual([]);
    all.expectChained();
    await all.close();
  });
});

describe('a card that was off for an hour', () => {
  it.each([13, 14, 15])('earns nothing for it (%i)', async (seed) => {
    const all = await VirtualHour.begin(seed);
    await all.pass(30 * minute);
    const from = Date.now();
    await all.rig.switchOff();
    await all.pass(hour);
    all.rig.switchOn();
    await all.rest();
    expect(all.record.outages).toEqual([]);
    expect(all.record.upMinutes(0, from + minute, from + hour)).toBe(0);
    expect(all.proven().missingMs).toBeGreaterThanOrEqual(hour);
    // Its table is gone, which it says itself, and it is given another one.
    expect(all.codes()).toContain('probe.no-table');
    expect(all.codes().at(-1)).toBe('probe.passed');
    all.expectChained();
    await all.close();
  });

  it.each([16, 17, 18])(
    'earns nothing for it where it kept its table and solved nothing, either (%i)',
    async (seed) => {
      const all = await VirtualHour.begin(seed);
      await all.pass(30 * minute);
      const from = Date.now();
      // Nothing is in flight when it leaves: no entry stands between its passed probes but the one that came due.
      all.rig.squarer.rate = 15_000;
      await all.cut(hour);
      await all.rest();
      expect(all.record.outages).toEqual([]);
      expect(all.record.upMinutes(0, from + minute, from + hour)).toBe(0);
      expect(all.codes().filter((code) => code !== 'probe.passed')).toEqual(['probe.unanswered']);
      expect(all.proven().missingMs).toBeGreaterThanOrEqual(hour);
      all.expectChained();
      await all.close();
    },
  );

  it('is not proven by one link', async () => {
    const all = await VirtualHour.begin(19);
    await all.pass(30 * minute);
    all.line.cut();
    await all.pass(80 * second);
    all.rig.squarer.rate = 15_000;
    // What is begun at the old rate ends; nothing comes after it.
    await all.pass(hour);
    all.line.mend();
    await all.rest();
    expect(all.record.outages[0]?.cards[0]?.creditedMs).toBeLessThanOrEqual(2 * minute);
    expect(all.codes()).toContain('probe.unanswered');
    expect(all.proven().missingMs).toBeGreaterThanOrEqual(hour - 5 * minute);
    await all.close();
  });
});

it('has one entry for an absence, however long it was', async () => {
  const all = await VirtualHour.begin(20);
  await all.pass(30 * minute);
  all.rig.squarer.rate = 15_000;
  all.line.cut();
  await all.pass(24 * hour);
  all.line.mend();
  await all.pass(2 * hour);
  expect(all.codes().filter((code) => code !== 'probe.passed')).toEqual(['probe.unanswered']);
  await all.close();
});

it('leaves no timer behind when the verifier closes, whatever it waits for', async () => {
  const all = await VirtualHour.begin(21, 2);
  await all.pass(10 * minute);
  all.record.away = true;
  void all.station.prober.probeNow(all.station.device, 0);
  await all.pass(5 * second);
  all.station.close();
  await all.pass(0);
  await all.rig.close();
  await all.pass(second);
  // Each table that an agent keeps has one, which keeps no process alive; here the agent is thrown away with it.
  expect(vi.getTimerCount()).toBe(all.cards);
});

describe('whatever the line does', () => {
  const fault = fc.oneof(
    fc.record({ is: fc.constant('calm' as const), ms: fc.integer({ min: second, max: 20 * minute }) }),
    fc.record({ is: fc.constant('broken' as const), ms: fc.integer({ min: 0, max: 10 * minute }) }),
    fc.record({ is: fc.constant('cut' as const), ms: fc.integer({ min: 0, max: 3 * minute }) }),
    fc.record({ is: fc.constant('cut' as const), ms: fc.integer({ min: minute, max: 80 * minute }) }),
    fc.record({
      is: fc.constant('slow' as const),
      ms: fc.integer({ min: second, max: 10 * minute }),
      worst: fc.integer({ min: 50, max: 4 * second }),
    }),
  );

  it('an honest card is never wrong, nor examined for it, and counts no minute twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.array(fault, { maxLength: 10 }), async (seed, faults) => {
        const all = await VirtualHour.begin(seed);
        const uniform = uniformFrom(seed + 1);
        for (const one of faults) {
          if (one.is === 'broken') all.line.break();
          if (one.is === 'slow') all.line.delayMs = () => 20 + uniform() * one.worst;
          await (one.is === 'cut' ? all.cut(one.ms) : all.pass(one.ms));
          all.line.delayMs = () => 20;
        }
        await all.rest();
        expectHonest(all);
        const now = Date.now();
        const up = all.record.upMinutes(0, all.begin, now);
        expect(up).toBeLessThanOrEqual((now - all.begin) / minute);
        // Credits of different outages have no time in common.
        const credits = all.record.outages.map(({ from, cards }) => ({
          from,
          to: from + (cards[0]?.creditedMs ?? 0),
        }));
        for (const [at, credit] of credits.entries()) {
          expect(credit.from).toBeGreaterThanOrEqual(credits[at - 1]?.to ?? 0);
        }
        if (!all.codes().some((code) => code !== 'probe.passed'))
          expect(all.proven()).toMatchObject({ share: 1 });
        await all.close();
      }),
      { numRuns: 10 },
    );
  });
});
