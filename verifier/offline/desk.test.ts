import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { device, minute, TestRecord, TestService } from './testing/service.js';

const rate = 1_000_000;
let service: TestService;

beforeEach(async () => {
  vi.useFakeTimers({ now: 1_760_000_000_000 });
  service = new TestService();
  service.knowRate(rate);
  await service.addCard(0);
});
afterEach(() => {
  service.desk.close();
  vi.useRealTimers();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('a chain', () => {
  it('is handed out each minute, never twice the same, and not to a card without a table', async () => {
    await service.connect();
    await pass(4 * minute);
    const chains = service.told('offline.chain');
    expect(chains).toHaveLength(5);
    expect(new Set(chains.map(({ seed }) => seed)).size).toBe(5);
    expect(chains[0]).toMatchObject({ links: 360, squarings: 60 * rate, cards: [{ card: 0 }] });
    service.tables.length = 0;
    await pass(5 * minute);
    expect(service.told('offline.chain')).toHaveLength(5);
  });

  it('waits after an outage until there is a verdict: the one that is shown goes on till then', async () => {
    const solved = await service.outage(30);
    service.sent.length = 0;
    expect(service.desk.unshown(device)).toBe(true);
    await pass(4_000);
    expect(service.told('offline.chain')).toEqual([]);
    await service.show(solved);
    expect(service.told('offline.chain')).toHaveLength(1);
  });

  it('is not made for a device that never showed how fast it squares: that is asked first', async () => {
    service = new TestService(new TestRecord());
    await service.addCard(0);
    await service.connect();
    expect(service.told('offline.chain')).toEqual([]);
    expect(service.told('offline.trial')).toHaveLength(1);
    await pass(9 * minute);
    expect(service.told('offline.trial')).toHaveLength(1);
    await pass(2 * minute);
    expect(service.told('offline.trial')).toHaveLength(2);
  });
});

describe('whoever waits until an outage is shown', () => {
  it('is called at once where there was none, and after the verdict where there was one', async () => {
    const called = vi.fn();
    service.desk.whenShown(device, called);
    await service.connect();
    expect(called).toHaveBeenCalledTimes(1);
    await pass(minute);
    service.disconnect();
    const solved = await service.solving().solve(10);
    await pass(10 * minute);
    service.desk.whenShown(device, called);
    await service.connect();
    await pass(3_000);
    expect(called).toHaveBeenCalledTimes(1);
    await service.show(solved);
    expect(called).toHaveBeenCalledTimes(2);
    service.desk.whenShown(device, called);
    expect(called).toHaveBeenCalledTimes(3);
  });

  it('is called beside others who wait', async () => {
    const called = [vi.fn(), vi.fn()];
    for (const one of called) service.desk.whenShown(device, one);
    await service.connect();
    for (const one of called) expect(one).toHaveBeenCalledTimes(1);
  });

  it('is called after some seconds where nothing is reported, and never where the line goes again', async () => {
    await service.lose();
    await pass(10 * minute);
    const called = vi.fn();
    service.desk.whenShown(device, called);
    await service.connect();
    service.disconnect();
    await service.connect();
    await pass(10_000);
    expect(called).not.toHaveBeenCalled();
    service.disconnect();
    await pass(10 * minute);
    service.desk.whenShown(device, called);
    await service.connect();
    await pass(6_000);
    expect(called).toHaveBeenCalledTimes(1);
  });
});

it('never throws, and credits no more than was away, whatever is said whenever', async () => {
  const message = fc.oneof(
    fc.constant('connect' as const),
    fc.constant('disconnect' as const),
    fc.constant('report' as const),
    fc.constant('answer' as const),
    fc.integer({ min: 1, max: 20 * minute }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 30 }), async (steps) => {
      const one = new TestService();
      one.knowRate(rate);
      await one.addCard(0);
      const from = Date.now();
      let awayMs = 0;
      let up = false;
      for (const step of steps) {
        if (step === 'connect' && !up) {
          await one.connect();
          up = true;
        } else if (step === 'disconnect' && up) {
          one.disconnect();
          up = false;
        } else if (step === 'report' && one.told('offline.chain').length > 0) {
          one.say((await one.solving().solve(5)).report());
        } else if (step === 'answer' && one.told('offline.open').length > 0) {
          const open = one.told('offline.open').at(-1);
          const chain = one.told('offline.chain').find(({ seed }) => seed === open?.seed);
          if (chain) await one.answer(await one.solving(chain).solve(5));
        } else if (typeof step === 'number') {
          awayMs += up ? 0 : step;
          await pass(step);
        }
        await one.settle();
      }
      one.desk.close();
      const credited = await one.record.creditedSince(from);
      expect(credited).toBeLessThanOrEqual(awayMs + 30_000 * steps.length);
      expect(one.record.shown.every(({ from: a, to: b }) => a <= b)).toBe(true);
    }),
    { numRuns: 30 },
  );
});
