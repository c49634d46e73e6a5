import { afterAll, describe, expect, it } from 'vitest';
import type { Fact } from '../facts/facts.js';
import { migrate } from '../storage/migrate.js';
import { deviceId, enrolled, exam, heartbeat, nextId, presence } from '../testing/facts.js';
import { openTestRecord, scalar } from '../testing/record.js';
import {
  credited,
  leaseMoved,
  leaseWitnessed,
  outage,
  probe,
  squaring,
  table,
} from '../testing/timelock-facts.js';
import { eventsOf } from './events.js';
import { insertFacts } from './insert-facts.js';
import { leaseHistory, leasesOfMarketplace, openLeases } from './leases.js';
import { oursBetween } from './ours.js';
import { bestSquaringRate, creditedSince } from './outages.js';
import { minuteOf } from './placed.js';
import { lastMinuteSeen, presenceSummary } from './presence.js';
import { latestTables } from './tables.js';
import { probesOf, transcriptEntries, transcriptHead } from './timelock.js';

const { client, close } = await openTestRecord();
afterAll(close);
await migrate(client);

// Near now, so that no TTL takes it away; full hours, so that minutes can be counted.
const now = Math.floor(Date.now() / 3600_000) * 3600_000;
const minutes = (count: number): number => count * 60_000;

/** Stored once under its token, again under it, and once as if the token had been forgotten. */
async function storedThrice(facts: readonly Fact[], token: string): Promise<void> {
  for (const one of [token, token, `${token} again`]) await insertFacts(client, facts, one);
}

describe('probes', () => {
  const device = deviceId('probed');
  const at = (index: number, card = 0) =>
    probe(device, now + index * 1000 + card, { index, card, tag: deviceId(`tag ${index} of ${card}`) });
  const other = probe(device, now + 5000, { transcript: 'hr_1001', index: 1, outcome: 'failed' });
  const facts = [at(1), at(1, 1), at(2), other];

  it('come back whole and once, oldest first, from an instant on', async () => {
    await storedThrice(facts, 'probed');
    expect(await probesOf(client, device, 0)).toEqual(facts);
    expect(await probesOf(client, device, now + 2000)).toEqual([facts[2], other]);
    expect(await probesOf(client, device, now + 5001)).toEqual([]);
  });

  it('stand typed beside their events', async () => {
    const columns = 'transcript, entry, purpose, rounds, outcome, code, elapsed_ms, deadline_ms, load';
    expect(
      await scalar(client, `SELECT tuple(${columns}) FROM probe_results WHERE id = '${other.id}' LIMIT 1`),
    ).toEqual(['hr_1001', 1, 'whole', 4, 'failed', 'probe.passed', 120.5, 230, 0]);
  });

  it('are no history for people where they were passed', async () => {
    const kinds = [exam(device, now), squaring(device, now, 1), table(device, now), other];
    await insertFacts(client, kinds.slice(0, 3), 'not for people');
    expect((await eventsOf(client, device, 10)).map(({ kind }) => kind)).toEqual([
      'probe.finished',
      'exam.finished',
    ]);
    expect((await eventsOf(client, device, 1))[0]).toEqual(other);
  });
});

describe('a transcript', () => {
  const device = deviceId('transcript');
  const lease = nextId('le');
  const entry = { transcript: lease, index: 2, tag: deviceId('tag of the outage') };
  const first = probe(device, now, { transcript: lease, index: 1 });
  const away = outage(device, now + minutes(20), {
    cards: [credited(0, 600_000, entry), credited(1, 0)],
  });
  const last = probe(device, now + minutes(30), { transcript: lease, index: 3, tag: deviceId('head') });
  const ofCard1 = probe(device, now, { transcript: lease, index: 1, card: 1, tag: deviceId('of card 1') });

  it('has the probes and outages of one card by their index', async () => {
    await storedThrice([last, away, first, ofCard1], 'transcript');
    expect(await transcriptEntries(client, device, 0, lease)).toEqual([first, away, last]);
    expect(await transcriptEntries(client, device, 1, lease)).toEqual([ofCard1]);
    expect(await transcriptEntries(client, device, 0, 'hr_7')).toEqual([]);
  });

  it('goes on from its last entry, of whatever kind', async () => {
    expect(await transcriptHead(client, device, 0, lease)).toEqual({ index: 3, tag: deviceId('head') });
    expect(await transcriptHead(client, device, 1, lease)).toEqual({ index: 1, tag: deviceId('of card 1') });
    expect(await transcriptHead(client, device, 2, lease)).toBeNull();
    const ended = deviceId('ended by an outage');
    await insertFacts(client, [{ ...away, device: ended }], 'ended by an outage');
    expect(await transcriptHead(client, ended, 0, lease)).toEqual({ index: 2, tag: entry.tag });
  });
});

describe('tables', () => {
  it('are given as the newest of each card', async () => {
    const device = deviceId('tables');
    const newest = [table(device, now + 3), table(device, now + 2, { card: 1, purpose: 'whole' })];
    await insertFacts(client, [table(device, now + 1), ...newest, table(device, now, { card: 1 })], 'tables');
    expect(await latestTables(client, device)).toEqual(newest);
    expect(await latestTables(client, deviceId('nobody'))).toEqual([]);
  });
});

describe('outages', () => {
  const hour = now - minutes(600);
  const window = (device: string) => presenceSummary(client, device, minuteOf(hour), minuteOf(hour) + 60);
  const enrolledBefore = (device: string) => enrolled(device, hour - minutes(1));

  it('are minutes up as far as they were credited, and once however often they are stored', async () => {
    const device = deviceId('credited');
    // From second 30 of minute 10 to second 30 of minute 15: six minutes are touched.
    const from = hour + minutes(10) + 30_000;
    const away = outage(device, from + minutes(20), { from, cards: [credited(0, minutes(5))] });
    await storedThrice([enrolledBefore(device), away], 'credited');
    expect((await window(device)).up).toBe(6);
    expect(await lastMinuteSeen(client, device)).toBe(minuteOf(hour) + 15);
  });

  it('add nothing where a card was there all the same, nor where nothing was credited', async () => {
    const device = deviceId('credited twice');
    const seen = [3, 4, 5].map((minute) => presence(device, minuteOf(hour) + minute));
    const away = outage(device, hour + minutes(30), {
      from: hour + minutes(4),
      cards: [credited(0, minutes(4)), credited(1, 0), credited(2, minutes(2))],
    });
    await insertFacts(client, [enrolledBefore(device), ...seen, away], 'credited twice');
    expect((await window(device)).up).toBe(5);
    expect(await scalar(client, `SELECT count() FROM presence WHERE device = '${device}' AND card = 1`)).toBe(
      0,
    );
  });

  it('are summed over outages by the card that was credited most', async () => {
    const device = deviceId('cap');
    const facts = [
      outage(device, now - 2000, { cards: [credited(0, 1000), credited(1, 3000)] }),
      outage(device, now - 1000, { cards: [credited(0, 500)] }),
      outage(device, now - 500, { cards: [] }),
    ];
    await storedThrice(facts, 'cap');
    expect(await creditedSince(client, device, now - 2000)).toBe(3500);
    expect(await creditedSince(client, device, now - 1999)).toBe(500);
    expect(await creditedSince(client, deviceId('nobody'), 0)).toBe(0);
  });

  it('are sized by the best rate since an instant', async () => {
    const device = deviceId('rates');
    const rates = [5e6, 1.25e6, 900_000].map((rate, index) => squaring(device, now + index, rate));
    await insertFacts(client, rates, 'rates');
    expect(await bestSquaringRate(client, device, now)).toBe(5e6);
    expect(await bestSquaringRate(client, device, now + 1)).toBe(1.25e6);
    expect(await bestSquaringRate(client, device, now + 3)).toBeNull();
  });
});

describe('lastMinuteSeen', () => {
  it('is null before the first, and the latest of all cards', async () => {
    const device = deviceId('seen');
    expect(await lastMinuteSeen(client, device)).toBeNull();
    const minute = minuteOf(now);
    await insertFacts(client, [presence(device, minute, [1]), presence(device, minute - 90, [0])], 'seen');
    expect(await lastMinuteSeen(client, device)).toBe(minute);
  });
});

describe('oursBetween', () => {
  it('joins the whole minutes without a heartbeat of anybody', async () => {
    const start = minuteOf(now) - 3000;
    const inService = [0, 1, 4, 5, 9].map((minute) => heartbeat(start + minute, `verifier-${minute % 2}`));
    await storedThrice(inService, 'service');
    const at = (minute: number) => (start + minute) * 60_000;
    expect(await oursBetween(client, at(0), at(10))).toEqual([
      { from: at(2), to: at(4) },
      { from: at(6), to: at(9) },
    ]);
    // Minutes that are not wholly asked about say nothing.
    expect(await oursBetween(client, at(2) + 1, at(9) - 1)).toEqual([
      { from: at(3), to: at(4) },
      { from: at(6), to: at(8) },
    ]);
    expect(await oursBetween(client, at(0), at(0) + 59_999)).toEqual([]);
    expect(await oursBetween(client, at(5), at(0))).toEqual([]);
  });
});

describe('leases', () => {
  const device = deviceId('leased');
  const [one, two, three] = [nextId('le'), nextId('le'), nextId('le')];
  const made = leaseMoved(device, now, one, 'handing-over');
  const begun = leaseMoved(device, now + 1000, one, 'active', {
    from: 'handing-over',
    startedAt: now + 1000,
  });
  const said = leaseWitnessed(device, now + 2000, one);
  const refused = leaseMoved(device, now + 3000, two, 'refused', { reference: 'job 2' });
  const other = leaseMoved(deviceId('leased too'), now + 500, three, 'returning', { marketplace: 'other' });

  it('are told from the first move to the last, with what the witness said', async () => {
    await storedThrice([made, begun, said, refused, other], 'leases');
    expect(await leaseHistory(client, one)).toEqual([made, begun, said]);
    expect(await leaseHistory(client, nextId('le'))).toEqual([]);
  });

  it('are open until they ended or were refused, and come as they are now', async () => {
    expect(await openLeases(client)).toEqual([begun, other]);
    const ended = leaseMoved(other.device, now + 9000, three, 'ended', { marketplace: 'other' });
    await insertFacts(client, [ended], 'ended');
    expect(await openLeases(client)).toEqual([begun]);
  });

  it('belong to one marketplace, and are found by its reference', async () => {
    expect(await leasesOfMarketplace(client, 'market')).toEqual([begun, refused]);
    expect(await leasesOfMarketplace(client, 'market', 'job 2')).toEqual([refused]);
    expect(await leasesOfMarketplace(client, 'other', 'job 2')).toEqual([]);
    expect(await leasesOfMarketplace(client, `market' OR 1=1 --`)).toEqual([]);
  });

  it('keep the order of moves within one millisecond', async () => {
    const lease = nextId('le');
    const moves = (['handing-over', 'active'] as const).map((to) =>
      leaseMoved(device, now, lease, to, { marketplace: 'hasty' }),
    );
    await insertFacts(client, moves, 'hasty');
    expect((await leasesOfMarketplace(client, 'hasty')).map(({ to }) => to)).toEqual(['active']);
  });
});
