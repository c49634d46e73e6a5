import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { minute, TestService } from './testing/service.js';

const rate = 1_000_000;
let service: TestService;

beforeEach(async () => {
  vi.useFakeTimers();
  service = new TestService();
  service.knowRate(rate);
  await service.addCard(0);
});
afterEach(() => {
  service.desk.close();
  vi.useRealTimers();
});

describe('an outage of a device that goes to another verifier', () => {
  it.each([false, true])('counts once, though the verifier died: %s', async (dies) => {
    const solved = await service.outage(30);
    const verdict = await service.show(solved);
    expect(verdict.cards).toMatchObject([{ creditedMs: 30 * minute }]);
    service.record.lastMinute = Math.floor(Date.now() / minute) - 31;
    await service.moveOn({ dies });
    await service.connect();
    // Told again, and nothing else.
    expect(await service.show(solved)).toEqual(verdict);
    expect(service.record.shown).toHaveLength(1);
  });

  it.each([false, true])(
    'is shown there, where there was no time for it; the verifier died: %s',
    async (dies) => {
      const solved = await service.outage(30);
      service.record.lastMinute = Math.floor(Date.now() / minute);
      await service.moveOn({ dies });
      await service.connect();
      expect((await service.show(solved)).cards).toMatchObject([{ creditedMs: 30 * minute }]);
    },
  );

  it('is not shown with fewer links, once it is known what is asked', async () => {
    const solved = await service.outage(30);
    expect(service.say(solved.report())).toBeNull();
    await service.settle();
    expect(service.told('offline.open')).toHaveLength(1);
    await service.moveOn();
    await service.connect();
    expect(service.say({ ...solved.report(), links: 10 })).toBe('offline.not-asked');
    service.sent.length = 0;
    expect((await service.show(solved)).cards).toMatchObject([{ creditedMs: 30 * minute }]);
  });

  it('begins where it was heard last, though another verifier hears of it', async () => {
    await service.lose();
    const solved = await service.solving().solve(20);
    await vi.advanceTimersByTimeAsync(20 * minute);
    await service.moveOn();
    await service.connect();
    expect((await service.show(solved)).cards).toMatchObject([{ creditedMs: 20 * minute }]);
  });
});
