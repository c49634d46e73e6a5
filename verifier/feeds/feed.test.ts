import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uniformFrom } from '../../protocol/testing/uniform.js';
import type { Fact } from '../../scoring/facts/facts.js';
import { deviceId, enrolled, exam, nextId, transition } from '../../scoring/testing/facts.js';
import { Feed } from './feed.js';
import { type FeedHall, openFeedHall } from './testing/feed-hall.js';
import { TestJournal } from './testing/journals.js';

let hall: FeedHall;
beforeAll(async () => {
  hall = await openFeedHall();
});
afterAll(() => hall.close());

const begin = Date.UTC(2026, 2, 1);
const idsOf = (facts: readonly Fact[]) => facts.map(({ id }) => id);
const journal = (name: string) => new TestJournal(hall.client, name);

const leaseOf = (marketplace: string): Fact => ({
  kind: 'lease.moved',
  id: nextId('fa'),
  at: begin,
  device: deviceId('leased'),
  lease: nextId('le'),
  from: null,
  to: 'handing-over',
  reasons: [],
  marketplace,
  reference: 'order 1',
  openedAt: begin,
  startedAt: null,
  endsAt: null,
  endedAt: null,
  commitment: deviceId('commitment'),
  witnessTokenHash: deviceId('token'),
  handOverExam: null,
  returnExam: null,
});

describe('who follows the changes', () => {
  it('knows its place at once, and is told of what comes then', async () => {
    await journal('earlier').ship([enrolled(deviceId('earlier'), begin)]);
    const follower = await hall.follow();
    expect(follower.response.headers.get('content-type')).toContain('text/event-stream');
    expect(await follower.next()).toMatchObject({ type: 'place' });
    const facts = [enrolled(deviceId('new'), begin), exam(deviceId('new'), begin + 1)];
    await journal('live').ship(facts);
    expect(await follower.changes(2)).toEqual(idsOf(facts));
    follower.leave();
  });

  it('misses and repeats nothing, however often it goes and comes back', async () => {
    const uniform = uniformFrom(20260301);
    const journals = ['x', 'y', 'z'].map(journal);
    let follower = await hall.follow();
    await follower.next();
    const shipped: string[] = [];
    const seen: unknown[] = [];
    for (let i = 0; i < 12; i++) {
      const facts = [exam(deviceId('back'), begin + i), exam(deviceId('back'), begin + i)];
      await journals[Math.floor(uniform() * 3)]?.ship(facts);
      shipped.push(...idsOf(facts));
      const taken = Math.floor(uniform() * (shipped.length - seen.length));
      seen.push(...(await follower.changes(taken)));
      if (uniform() < 0.5) continue;
      follower.leave();
      const { lastId } = follower;
      follower = await hall.follow('', { 'last-event-id': lastId });
      follower.lastId = lastId;
    }
    seen.push(...(await follower.changes(shipped.length - seen.length)));
    expect(seen.toSorted()).toEqual(shipped.toSorted());
    follower.leave();
  });

  it('reads all of history where it asks for it, and goes on live', async () => {
    const facts = Array.from({ length: 300 }, (_, i) => exam(deviceId('history'), begin + i));
    await journal('history').ship(facts);
    const follower = await hall.follow(`?from=beginning&devices=${deviceId('history')}`);
    expect(await follower.changes(300)).toEqual(idsOf(facts));
    const later = exam(deviceId('history'), begin + 1000);
    await journal('later').ship([exam(deviceId('someone else'), begin), later]);
    expect(await follower.changes(1)).toEqual([later.id]);
    follower.leave();
  });

  it('gets only what it asked for: types, devices, classes, statuses', async () => {
    const [a, b] = [`a${'0'.repeat(63)}`, `b${'0'.repeat(63)}`];
    const cases: [string, number[]][] = [
      ['kinds=device.enrolled,exam.finished', [0, 3]],
      [`devices=${a}`, [0, 1]],
      ['class=b', [2, 3]],
      ['class=was-b', [2, 3]],
      ['status=verified', [2]],
      ['status=examining&class=a', [1]],
    ];
    for (const [query, wanted] of cases) {
      const facts = [
        enrolled(a, begin),
        transition(a, begin + 1, 'enrolled', 'examining'),
        transition(b, begin + 2, 'examining', 'verified'),
        exam(b, begin + 3),
      ];
      const follower = await hall.follow(`?${query}`);
      await follower.next();
      // Twice, so that what comes after the last wanted one is seen too.
      const again = facts.map((fact) => ({ ...fact, id: nextId('fa'), at: fact.at + 1000 }));
      await journal(query).ship([...facts, ...again]);
      const expected = [facts, again].flatMap((all) => wanted.map((i) => all[i]?.id));
      expect(await follower.changes(expected.length), query).toEqual(expected);
      follower.leave();
    }
  });

  it('is refused where it asks for what there is not', async () => {
    for (const query of ['kinds=presence', 'devices=1', 'status=happy', 'from=yesterday'])
      expect((await hall.follow(`?${query}`)).response.status, query).toBe(400);
    const lost = await hall.follow('', { 'last-event-id': 'no place' });
    expect(await lost.response.json()).toMatchObject({ code: 'feed.cursor-invalid' });
  });

  it('sees leases of its own alone, alarms only as staff, and never a seed', async () => {
    const readers = ['', 'marketplace/one', 'investigator/eve'];
    const followers = await Promise.all(
      readers.map((reader) => hall.follow('', reader === '' ? {} : { authorization: `Bearer ${reader}` })),
    );
    for (const follower of followers) await follower.next();
    const [mine, others] = [leaseOf('one'), leaseOf('two')];
    const alarm: Fact = {
      kind: 'alarm.raised',
      id: nextId('fa'),
      at: begin,
      device: '0'.repeat(64),
      alarm: 'metadata.writes',
      subject: 'fleet',
      count: 5000,
      windowMs: 60_000,
      threshold: 100,
    };
    const last = exam(deviceId('last'), begin + 1);
    await journal('private').ship([mine, others, alarm, last]);
    const expected = [[last], [mine, last], [mine, others, alarm, last]].map(idsOf);
    for (const [i, follower] of followers.entries()) {
      const ids = expected[i] ?? [];
      const shown = [];
      while (shown.length < ids.length) shown.push(await follower.next());
      expect(shown.map((event) => event?.data.id)).toEqual(ids);
      const text = JSON.stringify(shown);
      for (const secret of [deviceId('token'), deviceId('seed'), deviceId('root 0'), 'openings'])
        expect(text).not.toContain(secret);
      follower.leave();
    }
  });

  it('sees nothing more when its key is taken away, though its stream has begun', async () => {
    const authorization = 'Bearer investigator/leaver';
    const follower = await hall.follow('?kinds=lease.moved', { authorization });
    expect((await follower.next())?.type).toBe('place');
    const [seen, own] = [leaseOf('a'), journal('key')];
    await own.ship([seen]);
    expect(await follower.changes(1)).toEqual([seen.id]);
    hall.removed.add(authorization);
    await own.ship([leaseOf('b')]);
    expect(await follower.next()).toBeNull();
  });

  it('finds no room where all seats are taken, and finds it again when one is left', async () => {
    await expect.poll(() => hall.seats.taken).toBe(0);
    const mine = await Promise.all([1, 2, 3].map(() => hall.follow()));
    const refused = await hall.follow();
    expect(refused.response.status).toBe(503);
    expect(await refused.response.json()).toMatchObject({ code: 'feed.full' });
    const key = await hall.follow('', { authorization: 'Bearer operator/ops' });
    expect(key.response.status).toBe(200);
    for (const follower of [...mine, key]) follower.leave();
    await expect.poll(() => hall.seats.taken).toBe(0);
    const again = await hall.follow();
    expect(again.response.status).toBe(200);
    again.leave();
  });

  it('is told by the end of its stream when the verifier closes', async () => {
    const closing = new Feed({ log: hall.log, logger: { warn: () => {} } });
    const pages = closing.follow('now', { kinds: [], devices: [] }, new AbortController().signal);
    await pages.next();
    const end = pages.next();
    await closing.close();
    expect(await end).toMatchObject({ done: true });
  });
});
