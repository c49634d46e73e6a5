import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toBase64 } from '../../protocol/bytes.js';
import type { OfflineReport } from '../../protocol/messages/offline.js';
import { device, minute, TestService } from './testing/service.js';

const made = (fill: number) => new Uint8Array(32).fill(fill);
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

/** What its token says. */
const issuedAt = (token: string): number =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).issuedAt;
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

describe('a cheat', () => {
  /** @returns what a report comes to: the code of its verdict, and the most that was credited */
  const comesTo = async (solved: Parameters<TestService['show']>[0], report = solved.report()) => {
    const { code, cards } = await service.show(solved, report);
    return { code, ms: Math.max(0, ...cards.map(({ creditedMs }) => creditedMs)) };
  };

  it('cannot bring a chain that it was given before it was online for minutes', async () => {
    await service.connect();
    await pass(minute);
    const old = service.chain();
    await pass(10 * minute);
    service.disconnect();
    const solved = await service.solving(old).solve(60);
    await pass(60 * minute);
    await service.connect();
    expect(await comesTo(solved)).toEqual({ code: 'offline.chain-stale', ms: 0 });
  });

  it('cannot be ahead by more than two minutes when its line goes', async () => {
    for (const [aheadMs, expected] of [
      [2 * minute, { code: 'offline.credited', ms: 2 * minute }],
      [2 * minute + 1, { code: 'offline.chain-stale', ms: 0 }],
    ] as const) {
      await service.connect();
      await pass(10_000);
      const chain = service.chain();
      await pass(aheadMs - (Date.now() - issuedAt(chain.token)));
      // It has solved since it had that one, and is off from now on.
      service.disconnect();
      const solved = await service.solving(chain).solve(2);
      await pass(60 * minute);
      await service.connect();
      expect(await comesTo(solved)).toEqual(expected);
      service.disconnect();
      await pass(minute);
    }
  });

  it('cannot bring the token of another device, a changed one or none', async () => {
    const solved = await service.outage(10);
    const report = solved.report();
    const [body = '', mac = ''] = report.token.split('.');
    const richer = Buffer.from(body, 'base64url')
      .toString()
      .replace(/"issuedAt":\d+/, '"issuedAt":1');
    const tokens = [
      `${Buffer.from(richer).toString('base64url')}.${mac}`,
      `${body}.`,
      body,
      '.',
      `${body}.${mac}.x`,
    ];
    for (const token of tokens) expect(service.say({ ...report, token })).toBe('offline.token-unknown');
    const other = new TestService(service.record);
    other.desk.connected('fe'.repeat(32));
    expect(other.desk.receive('fe'.repeat(32), report, 0)).toBe('offline.token-unknown');
    other.desk.close();
    // Nothing of it changed anything.
    expect(await comesTo(solved)).toEqual({ code: 'offline.credited', ms: 10 * minute });
  });

  it('cannot claim links that it did not solve', async () => {
    const solved = await service.outage(60, 10);
    const report = { ...solved.report(), links: 11 };
    expect(service.say({ ...report, links: 361 })).toBe('offline.wrong-key');
    expect(service.say(report)).toBeNull();
    await service.answer(solved);
    // It has no root of the eleventh.
    expect(service.verdict()).toMatchObject({ code: 'offline.wrong-tag', cards: [{ creditedMs: 0 }] });
  });

  it('cannot guess the key of the last link', async () => {
    const solved = await service.outage(10);
    const report = { ...solved.report(), key: 'ab'.repeat(32) };
    expect(await comesTo(solved, report)).toEqual({ code: 'offline.wrong-key', ms: 0 });
    expect(service.record.shown).toMatchObject([{ code: 'offline.wrong-key' }]);
  });

  it('cannot show other roots than it reported, more, or fewer', async () => {
    for (const change of ['', toBase64(made(1)), 'A'.repeat(64)]) {
      const solved = await service.outage(4, 4);
      expect(service.say(solved.report())).toBeNull();
      await service.settle();
      const [open] = service.told('offline.open').slice(-1);
      expect(open).toBeDefined();
      if (open) expect(service.say({ ...solved.reveal(open), roots: change })).toBeNull();
      await service.settle();
      expect(service.verdict()).toMatchObject({ code: 'offline.wrong-tag', cards: [{ creditedMs: 0 }] });
    }
  });

  it('cannot show another walk for its last link, which no key follows from', async () => {
    const solved = await service.outage(4);
    expect(service.say(solved.report())).toBeNull();
    await service.settle();
    const open = service.told('offline.open').at(-1);
    if (open === undefined) throw new Error('nothing was asked');
    const reveal = solved.reveal(open);
    const roots = Buffer.from(reveal.roots, 'base64').fill(0, 3 * 32);
    service.say({ ...reveal, roots: toBase64(roots) });
    await service.settle();
    expect(service.verdict()).toMatchObject({ code: 'offline.wrong-tag', cards: [{ creditedMs: 0 }] });
  });

  it('cannot add or leave out a card', async () => {
    await service.addCard(1);
    const solved = await service.outage(10);
    const report = solved.report();
    const [first, second] = report.cards as [OfflineReport['cards'][0], OfflineReport['cards'][0]];
    for (const cards of [[first], [second, first], [first, second, { ...second, card: 2 }], []])
      expect(service.say({ ...report, cards })).toBe('offline.not-asked');
  });

  it('cannot do without the table, and is examined for walks that it made up', async () => {
    const solved = await service.outage(30, 30, (_card, link) => made(link));
    expect(await comesTo(solved)).toEqual({ code: 'offline.no-table', ms: 0 });
    await service.addCard(1);
    const liar = await service.outage(30, 30, (card, link) => (card === 1 ? made(link) : null));
    // It shows the walkers of another walk for those that it never did.
    service.say(liar.report());
    for (;;) {
      await service.settle();
      const at = service.sent.findIndex(({ type }) => type === 'offline.open');
      const [open] = at < 0 ? [] : service.sent.splice(at, 1);
      if (open?.type !== 'offline.open') break;
      const [reveals, ...rest] = [liar.reveal(open).reveals];
      expect(rest).toEqual([]);
      const leaf = toBase64(made(0));
      const madeUp = open.openings.map((opening) => ({ ...opening, leaf, path: '' }));
      service.say({ ...liar.reveal(open), reveals: open.card === 1 ? madeUp : (reveals ?? []) });
    }
    expect(service.verdict().cards).toMatchObject([
      { card: 0, creditedMs: 30 * minute, code: 'offline.credited' },
      { card: 1, creditedMs: 0, code: 'offline.wrong-walk' },
    ]);
    expect(service.suspects).toEqual([device]);
  });

  it('is credited nothing for a card that has another table by now', async () => {
    const solved = await service.outage(10);
    service.tables.splice(0, 1, {
      ...(service.tables[0] as TestService['tables'][0]),
      tableSeed: 'ff'.repeat(32),
    });
    expect(await comesTo(solved)).toEqual({ code: 'offline.no-table', ms: 0 });
  });

  it('cannot report without an outage, twice, or long after it was back', async () => {
    await service.connect();
    const online = await service.solving().solve(1);
    await pass(10_000);
    expect(await comesTo(online)).toEqual({ code: 'offline.too-short', ms: 0 });
    expect(service.say(online.report())).toBe('offline.not-asked');

    const late = await service.outage(30);
    await pass(31_000);
    expect(service.say(late.report())).toBe('offline.not-asked');
  });

  it('cannot be off for an hour and solve for it once it is back', async () => {
    await service.lose();
    const chain = service.chain();
    await pass(60 * minute);
    for (let i = 0; i < 5; i += 1) {
      await service.connect();
      await pass(40_000);
      service.disconnect();
      await pass(minute);
    }
    const solved = await service.solving(chain).solve(60);
    await service.connect();
    const { ms } = await comesTo(solved);
    expect(ms).toBeLessThanOrEqual(minute);
  });

  it('cannot have solved more than any program does in the time', async () => {
    await service.lose();
    const solved = await service.solving().solve(60);
    await pass(2 * minute);
    await service.connect();
    expect(await comesTo(solved)).toEqual({ code: 'offline.too-fast', ms: 0 });
    expect(service.told('offline.open')).toEqual([]);
  });

  it('that comes back every second has nothing checked, is not waited for, and is not kept', async () => {
    await service.lose();
    const solved = await service.solving().solve(60);
    for (let i = 0; i < 20; i += 1) {
      await pass(1_000);
      await service.connect();
      service.say(solved.report());
      await service.settle();
      expect(service.desk.unshown(device)).toBe(false);
      service.disconnect();
    }
    expect(service.jobs).toBe(0);
    expect(service.told('offline.open')).toEqual([]);
    expect(service.record.shown).toEqual([]);
  });

  it('that breaks off when it sees what is asked cannot leave out links to get another draw', async () => {
    const solved = await service.outage(30);
    const before = await service.solving(service.chain()).solve(29);
    service.say(solved.report());
    await service.settle();
    service.disconnect();
    await pass(2_000);
    await service.connect();
    expect(service.say(before.report())).toBe('offline.not-asked');
  });

  it('that breaks off when it sees what is asked cannot get another draw with another chain', async () => {
    await service.connect();
    await pass(minute + 30_000);
    const chains = service.told('offline.chain').slice(-2);
    expect(chains).toHaveLength(2);
    service.disconnect();
    // It has solved both, each with another guess at its walks.
    const [older, newer] = await Promise.all(chains.map((chain) => service.solving(chain).solve(30)));
    await pass(30 * minute);
    await service.connect();
    expect(service.say(newer?.report() as OfflineReport)).toBeNull();
    await service.settle();
    expect(service.told('offline.open')).toHaveLength(1);
    service.disconnect();
    await pass(2_000);
    await service.connect();
    expect(service.say(older?.report() as OfflineReport)).toBe('offline.not-asked');
    // The one that it began with still is what it is worth.
    service.sent.length = 0;
    if (newer) expect((await service.show(newer)).cards).toMatchObject([{ creditedMs: 30 * minute }]);
  });

  it('cannot have one outage counted by one chain, and the next by another of the same time', async () => {
    await service.connect();
    await pass(minute + 30_000);
    const [older, newer] = service.told('offline.chain').slice(-2);
    if (older === undefined || newer === undefined) throw new Error('two chains were expected');
    service.disconnect();
    const both = [await service.solving(older).solve(1), await service.solving(newer).solve(1)] as const;
    await pass(minute + 1_000);
    await service.connect();
    expect(await comesTo(both[0])).toEqual({ code: 'offline.credited', ms: minute });
    service.disconnect();
    // Off, now.
    await pass(minute + 1_000);
    await service.connect();
    expect(await comesTo(both[1])).toEqual({ code: 'offline.chain-stale', ms: 0 });
  });

  it('gains nothing by another connection beside the first, which takes its place', async () => {
    await service.connect();
    const chain = service.chain();
    await pass(20 * minute);
    const solved = await service.solving(chain).solve(20);
    // As the socket's route does where the device has a connection.
    service.disconnect();
    await service.connect();
    expect(await comesTo(solved)).toEqual({ code: 'offline.too-short', ms: 0 });
    expect(service.jobs).toBe(0);
  });

  it('that never answers is waited for once, and blocks nothing any more', async () => {
    const solved = await service.outage(30);
    service.say(solved.report());
    await service.settle();
    expect(service.desk.unshown(device)).toBe(true);
    await pass(31_000);
    expect(service.verdict()).toMatchObject({ code: 'offline.unanswered', cards: [{ creditedMs: 0 }] });
    expect(service.desk.unshown(device)).toBe(false);
  });

  it('gets a refusal and nothing else for any reveal that was not asked', async () => {
    const solved = await service.outage(30);
    service.say(solved.report());
    await service.settle();
    const [open] = service.told('offline.open');
    if (open === undefined) throw new Error('nothing was asked');
    const reveal = solved.reveal(open);
    expect(service.say({ ...reveal, card: 1 })).toBe('offline.not-asked');
    expect(service.say({ ...reveal, seed: '00'.repeat(32) })).toBe('offline.not-asked');
    expect(service.say(reveal)).toBeNull();
    expect(service.say(reveal)).toBe('offline.not-asked');
    await service.settle();
    expect(service.verdict().code).toBe('offline.credited');
  });
});
