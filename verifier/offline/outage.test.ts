import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fromHex, toHex } from '../../protocol/bytes.js';
import { TouchstoneError } from '../../protocol/error.js';
import { firstTag, nextTag, noRoot } from '../../protocol/transcript.js';
import { device, minute, TestService } from './testing/service.js';

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

describe('an outage', () => {
  it('of an hour is credited whole to a card that walked through all of it, and stands in its transcript', async () => {
    await service.addCard(3);
    const solved = await service.outage(60);
    expect(await service.show(solved)).toMatchObject({
      outageMs: 60 * minute,
      code: 'offline.credited',
      cards: [
        { card: 0, creditedMs: 60 * minute, code: 'offline.credited' },
        { card: 3, creditedMs: 60 * minute, code: 'offline.credited' },
      ],
    });
    const [fact] = service.record.shown;
    expect(fact).toMatchObject({ links: 60, squaringsPerSecond: rate, code: 'offline.credited' });
    for (const { card, root, entry, opened, right } of fact?.cards ?? []) {
      expect(right).toBe(opened);
      expect(opened).toBeGreaterThan(0);
      const tag = toHex(nextTag(firstTag(device, card, 'hr_1'), 1, fromHex(root)));
      expect(entry).toEqual({ transcript: 'hr_1', index: 1, tag });
    }
    expect(service.suspects).toEqual([]);
  });

  it('is credited from its beginning for as long as links were solved', async () => {
    const solved = await service.outage(60, 20);
    expect((await service.show(solved)).cards).toMatchObject([{ creditedMs: 20 * minute }]);
    expect(service.record.shown).toMatchObject([{ to: Date.now(), from: Date.now() - 60 * minute }]);
  });

  it('begins with the last sign of life, not with the end of the connection', async () => {
    await service.lose(25_000);
    const solved = await service.solving().solve(10);
    await pass(10 * minute);
    await service.connect();
    await service.show(solved);
    expect(service.record.shown).toMatchObject([{ from: Date.now() - 10 * minute - 25_000 }]);
  });

  it('does not begin before the chain that shows it was handed out', async () => {
    // What we said still came, what it said did not.
    await service.lose(2 * minute);
    const solved = await service.solving().solve(5);
    await pass(5 * minute);
    await service.connect();
    await service.show(solved);
    expect(service.record.shown).toMatchObject([{ from: Date.now() - 5 * minute - 30_000 }]);
  });

  it('earns nothing for a device that was off, whatever its line does', async () => {
    await service.outage(60, 0);
    await pass(10_000);
    expect(service.record.shown).toEqual([]);
    expect(service.desk.unshown(device)).toBe(false);
  });

  it('is worth no more than the links at the best rate that the device ever showed', async () => {
    await service.connect();
    const slow = service.chain();
    await pass(30_000);
    service.disconnect();
    // It had been given links for a quarter of what it shows in another trial.
    service.knowRate(4 * rate);
    service.restart();
    service.record.lastMinute = Math.floor(Date.now() / minute);
    const solved = await service.solving(slow).solve(60);
    await pass(60 * minute);
    await service.connect();
    expect((await service.show(solved)).cards).toMatchObject([{ creditedMs: 15 * minute }]);
  });

  it('shows a better rate than any trial where the links came faster, and is counted by it', async () => {
    await service.lose();
    const solved = await service.solving().solve(40);
    await pass(20 * minute);
    await service.connect();
    const verdict = await service.show(solved);
    const [, learned] = service.record.measured;
    expect(learned?.squaringsPerSecond).toBeGreaterThan(1.9 * rate);
    expect(verdict.cards[0]?.creditedMs).toBeLessThanOrEqual(
      40 * minute * (rate / (learned?.squaringsPerSecond ?? 1)) + 1,
    );
  });

  it('makes no device known as many times faster by one outage: our clock may have been set back', async () => {
    await service.lose();
    const solved = await service.solving().solve(60);
    await pass(5 * minute);
    await service.connect();
    await service.show(solved);
    const [, learned] = service.record.measured;
    expect(learned?.squaringsPerSecond).toBeCloseTo(4 * rate, -3);
  });

  it('is credited up to the allowance of 30 days, and not beyond', async () => {
    service = new TestService(service.record, { outageCreditMs: 90 * minute });
    await service.addCard(0);
    expect((await service.show(await service.outage(60))).code).toBe('offline.credited');
    expect(await service.show(await service.outage(60))).toMatchObject({
      code: 'offline.capped',
      cards: [{ creditedMs: 30 * minute, code: 'offline.capped' }],
    });
    const jobs = service.jobs;
    expect(await service.show(await service.outage(60))).toMatchObject({
      code: 'offline.capped',
      cards: [{ creditedMs: 0 }],
    });
    expect(service.jobs).toBe(jobs);
    expect(service.record.shown.at(-1)?.cards).toMatchObject([{ entry: null }]);
  });

  it('counts only the links after which a card walked', async () => {
    const solved = await service.outage(30, 30, (_card, link) => (link <= 10 ? noRoot : null));
    expect((await service.show(solved)).cards).toMatchObject([{ creditedMs: 20 * minute }]);
  });

  it('of ours is nobody’s: where nothing longer than a link is left of it, nothing is checked', async () => {
    const solved = await service.outage(30);
    const to = Date.now();
    service.record.ours = [{ from: to - 31 * minute, to }];
    expect((await service.show(solved)).code).toBe('offline.too-short');
    expect(service.jobs).toBe(0);
    expect(service.record.shown).toEqual([]);
  });

  it('that was only in part ours is looked at', async () => {
    const solved = await service.outage(30);
    service.record.ours = [{ from: 0, to: Date.now() - 5 * minute }];
    expect((await service.show(solved)).code).toBe('offline.credited');
  });

  it('is one with the next where the line was back too briefly to show it', async () => {
    await service.lose();
    const solved = await service.solving().solve(30);
    await pass(30 * minute);
    await service.connect();
    await pass(2_000);
    service.disconnect();
    await solved.solve(40);
    await pass(10 * minute);
    await service.connect();
    expect((await service.show(solved)).cards).toMatchObject([{ creditedMs: 40 * minute }]);
  });

  it('is shown by a report that the line broke off, and nothing of it is drawn anew', async () => {
    const solved = await service.outage(30);
    service.say(solved.report());
    await service.settle();
    const [first] = service.told('offline.open');
    await pass(20_000);
    service.disconnect();
    await pass(2 * minute);
    service.sent.length = 0;
    await service.connect();
    expect(service.say(solved.report())).toBeNull();
    await service.settle();
    expect(service.told('offline.open')).toEqual([first]);
    await service.answer(solved);
    expect(service.verdict().cards).toMatchObject([{ creditedMs: 30 * minute }]);
  });

  it('survives a restart of the verifier: the record and the token say all', async () => {
    await service.lose();
    const solved = await service.solving().solve(60);
    service.record.lastMinute = Math.floor(Date.now() / minute);
    await pass(20 * minute);
    service.restart();
    await pass(40 * minute);
    await service.connect();
    const [card] = (await service.show(solved)).cards;
    expect(card?.code).toBe('offline.credited');
    expect(card?.creditedMs).toBeGreaterThan(59 * minute);
  });

  it('is told again, and not counted again, where its verdict was lost with the line', async () => {
    const solved = await service.outage(30);
    const verdict = await service.show(solved);
    service.disconnect();
    await pass(5_000);
    await service.connect();
    expect(await service.show(solved)).toEqual(verdict);
    expect(service.record.shown).toHaveLength(1);
  });
});

describe('our own fault', () => {
  it('is no verdict: the same report is taken again, however long it took', async () => {
    const solved = await service.outage(30);
    service.failures = [new Error('died'), new Error('died')];
    expect(service.say(solved.report())).toBeNull();
    await service.answer(solved);
    await pass(5_000);
    expect(service.verdict()).toMatchObject({ code: 'offline.ours', cards: [] });
    expect(service.record.shown).toEqual([]);
    await pass(30 * minute);
    service.disconnect();
    await pass(5_000);
    await service.connect();
    expect((await service.show(solved)).cards).toMatchObject([{ creditedMs: 30 * minute }]);
  });

  it('of a full queue makes nobody report again', async () => {
    const solved = await service.outage(30);
    service.failures = Array.from({ length: 20 }, () => new TouchstoneError('queue.full'));
    service.say(solved.report());
    await service.answer(solved);
    expect(service.told('offline.verdict')).toEqual([]);
    await pass(minute);
    expect(service.verdict().code).toBe('offline.credited');
  });

  it('of a journal that takes nothing leaves the transcript as it was', async () => {
    const solved = await service.outage(30);
    service.record.refuses = true;
    expect((await service.show(solved)).code).toBe('offline.ours');
    service.record.refuses = false;
    service.disconnect();
    await pass(1_000);
    await service.connect();
    await service.show(solved);
    expect(service.record.shown[0]?.cards).toMatchObject([{ entry: { index: 1 } }]);
  });
});

it('an outage goes on over a line that died silently after seconds, when ever that is noticed', async () => {
  await service.lose();
  const solving = service.solving();
  await solving.solve(20);
  await pass(20 * minute);
  await service.connect();
  // Its report never arrives: after three seconds nothing does, which is noticed by two pings.
  await pass(33_000);
  service.disconnect(30_000);
  await solving.solve(30);
  await pass(10 * minute);
  await service.connect();
  expect((await service.show(solving)).cards).toMatchObject([{ creditedMs: 30 * minute }]);
});
