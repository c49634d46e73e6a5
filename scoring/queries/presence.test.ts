import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { migrate } from '../storage/migrate.js';
import {
  deviceId,
  enrolled,
  heartbeat,
  maintenance,
  maintenanceEnded,
  presence,
  quiet,
} from '../testing/facts.js';
import { openTestRecord, scalar } from '../testing/record.js';
import { insertFacts } from './insert-facts.js';
import { windowsSince } from './maintenance.js';
import { oursBetween } from './ours.js';
import { minuteOf } from './placed.js';
import { presenceSummary, serviceWindow } from './presence.js';

const { client, close } = await openTestRecord();
afterAll(close);
await migrate(client);

// Each test has a window of its own in the last days: heartbeats are everybody's.
let taken = 0;
const freshWindow = (minutes: number): number => {
  taken += minutes + 120;
  return minuteOf(Date.now()) - taken;
};
const range = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

describe('presenceSummary', () => {
  it('counts thirty true minutes that were sent three times as thirty', async () => {
    const device = deviceId('thirty');
    const start = freshWindow(60);
    const facts = [
      enrolled(device, (start - 1) * 60_000),
      ...range(start, 30).map((minute) => presence(device, minute, [0, 1])),
      ...range(start, 30).map((minute) => heartbeat(minute)),
    ];
    // Twice under one token, once under another: as if the token had been forgotten.
    for (const token of ['thirty', 'thirty', 'thirty again']) await insertFacts(client, facts, token);
    expect(await presenceSummary(client, device, start, start + 60)).toEqual({ up: 30, countable: 30 });
  });

  it('leaves minutes without any verifier out: they are unknown', async () => {
    const device = deviceId('outage of ours');
    const start = freshWindow(60);
    const facts = [
      enrolled(device, (start - 1) * 60_000),
      ...range(start, 10).map((minute) => presence(device, minute)),
      ...range(start, 20).map((minute) => heartbeat(minute)),
    ];
    await insertFacts(client, facts, 'outage of ours');
    expect(await presenceSummary(client, device, start, start + 60)).toEqual({ up: 10, countable: 20 });
  });

  it('counts a minute in which the device was seen though no heartbeat was written', async () => {
    const device = deviceId('seen without heartbeat');
    const start = freshWindow(10);
    await insertFacts(
      client,
      [enrolled(device, (start - 1) * 60_000), presence(device, start + 1), heartbeat(start + 2)],
      'seen without heartbeat',
    );
    expect(await presenceSummary(client, device, start, start + 10)).toEqual({ up: 1, countable: 2 });
  });

  it('counts from the minute after the first enrolment, in whatever cards', async () => {
    const device = deviceId('young');
    const start = freshWindow(60);
    const facts = [
      ...range(start, 60).map((minute) => heartbeat(minute)),
      enrolled(device, (start + 40) * 60_000 + 30_000),
      enrolled(device, (start + 50) * 60_000),
      presence(device, start + 40),
      presence(device, start + 41, []),
      presence(device, start + 42, [2, 1]),
    ];
    await insertFacts(client, facts, 'young');
    expect(await presenceSummary(client, device, start, start + 60)).toEqual({ up: 2, countable: 19 });
  });

  it('counts from the first minute on and leaves the last out: it is not over', async () => {
    const device = deviceId('edges');
    const start = freshWindow(10);
    const facts = range(start, 10).flatMap((minute) => [presence(device, minute), heartbeat(minute)]);
    await insertFacts(client, [enrolled(device, (start - 1) * 60_000), ...facts], 'edges');
    expect(await presenceSummary(client, device, start + 2, start + 5)).toEqual({ up: 3, countable: 3 });
  });

  it('counts nothing for a device that never enrolled', async () => {
    const start = freshWindow(10);
    await insertFacts(client, [heartbeat(start)], 'nobody enrolled');
    expect(await presenceSummary(client, deviceId('nobody'), start, start + 10)).toEqual({
      up: 0,
      countable: 0,
    });
  });

  it('leaves minutes of maintenance out, whether the device was there or not, and no others', async () => {
    const device = deviceId('maintained');
    const start = freshWindow(60);
    const facts = [
      enrolled(device, (start - 1) * 60_000),
      ...range(start, 60).map((minute) => heartbeat(minute)),
      ...range(start, 20).map((minute) => presence(device, minute)),
      maintenance(device, start + 10, start + 40),
      maintenance(deviceId('a neighbour'), start, start + 60),
    ];
    await insertFacts(client, facts, 'maintained');
    expect(await presenceSummary(client, device, start, start + 60)).toEqual({ up: 10, countable: 30 });
    expect(await presenceSummary(client, device, start + 15, start + 35)).toEqual({ up: 0, countable: 0 });
  });

  it('ends a window where it was ended early, however often and in whatever order that is said', async () => {
    const device = deviceId('ended early');
    const start = freshWindow(60);
    const window = maintenance(device, start + 10, start + 40);
    const other = maintenance(device, start + 50, start + 60);
    const taken = maintenanceEnded(other, start + 45);
    const ended = [maintenanceEnded(window, start + 20), maintenanceEnded(window, start + 30)];
    await insertFacts(client, [...ended, taken, window, other], 'ended early');
    await insertFacts(client, [window, ...ended.toReversed()], 'ended early, again');
    const seen = [
      enrolled(device, (start - 1) * 60_000),
      ...range(start, 60).map((minute) => heartbeat(minute)),
    ];
    await insertFacts(client, seen, 'ended early, seen');
    expect(await presenceSummary(client, device, start, start + 60)).toEqual({ up: 0, countable: 50 });
    const windows = (await windowsSince(client, start * 60_000)).filter((one) => one.device === device);
    expect(windows).toMatchObject([
      { id: window.id, from: window.from, to: (start + 20) * 60_000, reason: 'new fans' },
    ]);
  });

  it('holds no minute of our quiet against anybody, and takes none from who was there', async () => {
    const device = deviceId('quiet');
    const start = freshWindow(60);
    const facts = [
      enrolled(device, (start - 1) * 60_000),
      ...range(start, 60).map((minute) => heartbeat(minute)),
      ...range(start, 20).map((minute) => presence(device, minute)),
      quiet(start + 10, start + 40),
    ];
    await insertFacts(client, facts, 'quiet');
    expect(await presenceSummary(client, device, start, start + 60)).toEqual({ up: 20, countable: 40 });
    expect(await serviceWindow(client, start + 60, 25)).toBe(start + 5);
    expect(await oursBetween(client, start * 60_000, (start + 60) * 60_000)).toEqual([
      { from: (start + 10) * 60_000, to: (start + 40) * 60_000 },
    ]);
  });

  it('is the same for any order, batching and repetition of the same minutes', async () => {
    let run = 0;
    const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 179 }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(minutes, minutes, fc.integer({ min: 1, max: 3 }), async (up, service, replays) => {
        run += 1;
        const device = deviceId(`property ${run}`);
        const start = freshWindow(180);
        const facts = [
          enrolled(device, (start - 1) * 60_000),
          ...up.map((minute) => presence(device, start + minute)),
          ...service.map((minute) => heartbeat(start + minute)),
        ];
        for (let replay = 0; replay < replays; replay++) {
          // Even replays keep the token; odd ones come as other batches, backwards.
          const sent = replay % 2 === 0 ? facts : facts.toReversed();
          await insertFacts(client, sent, `property ${run} ${replay % 2}`);
        }
        expect(await presenceSummary(client, device, start, start + 180)).toEqual({
          up: up.length,
          countable: new Set([...up, ...service]).size,
        });
      }),
      { numRuns: 12 },
    );
  });
});

describe('serviceWindow', () => {
  it('reaches back over an outage of ours instead of losing minutes to it', async () => {
    const start = freshWindow(400);
    const facts = [...range(start, 100), ...range(start + 300, 50)].map((minute) =>
      heartbeat(minute, 'window'),
    );
    await insertFacts(client, facts, 'window');
    expect(await serviceWindow(client, start + 350, 50)).toBe(start + 300);
    expect(await serviceWindow(client, start + 350, 60)).toBe(start + 90);
  });

  it('counts a minute of two verifiers once', async () => {
    const start = freshWindow(20);
    const facts = ['one', 'two'].flatMap((name) => range(start, 20).map((minute) => heartbeat(minute, name)));
    await insertFacts(client, facts, 'two verifiers');
    expect(await serviceWindow(client, start + 20, 15)).toBe(start + 5);
  });

  it('is empty before the first heartbeat', async () => {
    expect(await serviceWindow(client, 1000, 60)).toBe(1000);
  });
});

describe('the presence table', () => {
  it('takes about three bytes a row, once merged', async () => {
    const minute = minuteOf(Date.now()) - 1440;
    await client.command({
      query: `INSERT INTO presence SELECT lower(hex(SHA256(toString(number % 50)))), 0, ${minute} + intDiv(number, 50)
              FROM numbers(72000) WHERE cityHash64(number) % 20 > 0`,
    });
    await client.command({ query: 'OPTIMIZE TABLE presence FINAL' });
    const perRow = await scalar(
      client,
      `SELECT sum(bytes_on_disk) / sum(rows) FROM system.parts WHERE active AND table = 'presence' AND database = currentDatabase()`,
    );
    expect(perRow).toBeLessThan(3);
  });
});
