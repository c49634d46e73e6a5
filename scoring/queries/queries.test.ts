import { afterAll, describe, expect, it } from 'vitest';
import { TouchstoneError } from '../../protocol/error.js';
import type { Fact } from '../facts/facts.js';
import { migrate } from '../storage/migrate.js';
import {
  deviceId,
  enrolled,
  exam,
  heartbeat,
  memoryPart,
  network,
  presence,
  transition,
} from '../testing/facts.js';
import { openTestRecord, scalar } from '../testing/record.js';
import { loadDevices } from './devices.js';
import { eventsOf } from './events.js';
import { examCostMs, examHistory, examOutcomes } from './exams.js';
import { insertFacts } from './insert-facts.js';
import { latestNetwork } from './network.js';
import { minuteOf } from './placed.js';

const { client, close } = await openTestRecord();
afterAll(close);
await migrate(client);

// Near now, so that no TTL takes it away.
const now = minuteOf(Date.now()) * 60_000;
const deviceOf = async (device: string) => (await loadDevices(client)).find((one) => one.device === device);
const countOf = (table: string, device: string) =>
  scalar(client, `SELECT toUInt32(count()) FROM ${table} WHERE device = '${device}'`);

describe('insertFacts', () => {
  const device = deviceId('three replays');
  const minute = now / 60_000;
  const batch: Fact[] = [
    enrolled(device, now),
    exam(device, now + 1),
    network(device, now + 1),
    presence(device, minute, [0, 1]),
    heartbeat(minute, 'three-replays'),
  ];

  it('counts a batch once, however often it is sent under its token', async () => {
    for (let sent = 0; sent < 3; sent++) await insertFacts(client, batch, 'batch-1');
    expect(await countOf('events', device)).toBe(3);
    expect(await countOf('exam_results', device)).toBe(1);
    expect(await countOf('network_results', device)).toBe(1);
    expect(await countOf('presence', device)).toBe(2);
    expect(
      await scalar(client, `SELECT toUInt32(count()) FROM heartbeats WHERE verifier = 'three-replays'`),
    ).toBe(1);
    expect(await countOf('presence_hours', device), 'the view target is deduplicated too').toBe(2);
  });

  it('completes a batch that a crash left in some tables only, the view target included', async () => {
    const other = deviceId('crash between tables');
    const facts = [enrolled(other, now), exam(other, now + 1), presence(other, minute)];
    // As a crash leaves it: events are stored; presence is, but its view has not run.
    await client.command({ query: 'DETACH TABLE presence_to_hours' });
    await insertFacts(
      client,
      facts.filter(({ kind }) => kind !== 'exam.finished'),
      'batch-2',
    );
    await client.command({ query: 'TRUNCATE TABLE events' });
    await client.command({ query: 'ATTACH TABLE presence_to_hours' });
    expect(await countOf('presence_hours', other)).toBe(0);
    await insertFacts(client, facts, 'batch-2');
    expect(await countOf('presence_hours', other)).toBe(1);
    expect(await countOf('exam_results', other)).toBe(1);
    expect(await countOf('presence', other)).toBe(1);
  });

  it('stores another batch of the same content: two tokens are two batches', async () => {
    const other = deviceId('two tokens');
    const fact = enrolled(other, now);
    await insertFacts(client, [fact], 'batch-3');
    await insertFacts(client, [fact], 'batch-4');
    expect(await countOf('events', other)).toBe(2);
  });

  it('takes an empty batch', async () => {
    await expect(insertFacts(client, [], 'batch-5')).resolves.toBeUndefined();
  });
});

describe('loadDevices', () => {
  it('takes up a device where it was left', async () => {
    const device = deviceId('resumed');
    const later = enrolled(device, now + 5000, 'renamed');
    await insertFacts(
      client,
      [
        enrolled(device, now),
        transition(device, now + 1000, 'enrolled', 'examining'),
        exam(device, now + 2000),
        exam(device, now + 3000, { outcome: 'unanswered', gflops: null }),
        transition(device, now + 4000, 'examining', 'verified'),
        later,
      ],
      'resumed',
    );
    expect(await deviceOf(device)).toEqual({
      device,
      enrolment: later,
      firstEnrolledAt: now,
      status: 'verified',
      statusSince: now + 4000,
      reasons: ['device.verified'],
      lastExamAt: now + 3000,
      lastPassedAt: now + 2000,
    });
  });

  it('gives a device that only enrolled: no status but enrolled, no exam', async () => {
    const device = deviceId('only enrolled');
    await insertFacts(client, [enrolled(device, now)], 'only enrolled');
    expect(await deviceOf(device)).toMatchObject({
      status: 'enrolled',
      statusSince: now,
      reasons: [],
      lastExamAt: null,
      lastPassedAt: null,
    });
  });

  it('keeps the order of transitions within one millisecond', async () => {
    for (const [index, order] of [
      ['examining', 'verified'] as const,
      ['verified', 'examining'] as const,
    ].entries()) {
      const device = deviceId(`same millisecond ${index}`);
      const facts = order.map((to) => transition(device, now, 'enrolled', to));
      await insertFacts(client, [enrolled(device, now), ...facts], `same millisecond ${index}`);
      expect((await deviceOf(device))?.status).toBe(order[1]);
    }
  });

  it('has no last pass where every exam failed', async () => {
    const device = deviceId('never passed');
    await insertFacts(
      client,
      [enrolled(device, now), exam(device, now, { outcome: 'failed', class: null })],
      'never passed',
    );
    expect(await deviceOf(device)).toMatchObject({ lastExamAt: now, lastPassedAt: null });
  });
});

describe('the memory part of an exam', () => {
  const columns = `memory_engine, memory_attempts, toUInt32(table_bytes), toUInt32(walked_bytes), walkers_opened,
    walkers_right, build_ms, memory_elapsed_ms, bandwidth_gbps`;
  const rowOf = (device: string) =>
    scalar(client, `SELECT tuple(${columns}) FROM exam_results WHERE device = '${device}'`);

  it('is stored typed and comes back whole', async () => {
    const device = deviceId('joint');
    const fact = exam(device, now, { memory: memoryPart });
    await insertFacts(client, [fact], 'joint');
    expect(await rowOf(device)).toEqual([
      'webgpu',
      2,
      2 * 1024 * 1024,
      4 * 512 * 4 * 1024,
      1,
      1,
      5000.5,
      250.25,
      33.5,
    ]);
    expect(await examHistory(client, device, 1)).toEqual([fact]);
  });

  it('is null where it was not asked', async () => {
    const device = deviceId('no memory part');
    await insertFacts(client, [exam(device, now)], 'no memory part');
    expect(await rowOf(device)).toEqual(Array(9).fill(null));
  });

  it('is absent in facts of before there was one, and they are still read', async () => {
    const device = deviceId('of old');
    const { memory: _, ...old } = exam(device, now, { examKind: 'compute' });
    await insertFacts(client, [old], 'of old');
    expect(await rowOf(device)).toEqual(Array(9).fill(null));
    expect(await examHistory(client, device, 1)).toEqual([old]);
    expect(await eventsOf(client, device, 1)).toEqual([old]);
  });
});

describe('latestNetwork', () => {
  it('gives the last measurement of a line, and null before the first', async () => {
    const device = deviceId('line');
    expect(await latestNetwork(client, device)).toBeNull();
    const later = network(device, now + 2, { downloadMbps: null });
    await insertFacts(client, [network(device, now + 1), later, exam(device, now + 3)], 'line');
    expect(await latestNetwork(client, device)).toEqual(later);
    expect(await eventsOf(client, device, 10)).toHaveLength(3);
  });

  it('stands typed beside the exams', async () => {
    const device = deviceId('line typed');
    await insertFacts(client, [network(device, now)], 'line typed');
    const columns = 'round_trips, round_trip_min_ms, toUInt32(download_bytes), download_mbps, upload_mbps';
    const row = await scalar(
      client,
      `SELECT tuple(${columns}) FROM network_results WHERE device = '${device}'`,
    );
    expect(row).toEqual([20, 12.5, 4_194_304, 93.5, null]);
  });
});

describe('reads of one device', () => {
  const device = deviceId('history');
  const facts = [
    enrolled(device, now),
    exam(device, now + 1, { outcome: 'failed', reasons: ['rate.below-class'], class: null, gflops: 7 }),
    exam(device, now + 2, {
      card: 3,
      seed: null,
      elapsedMs: null,
      roundTripMs: null,
      gflops: null,
      engine: null,
    }),
    exam(device, now + 2, { card: 4 }),
  ];

  it('gives exams back whole, newest first, and no more than asked for', async () => {
    await insertFacts(client, facts, 'history');
    expect(await examHistory(client, device, 2)).toEqual([facts[3], facts[2]]);
    expect(await examHistory(client, device, 0)).toEqual([]);
  });

  it('gives outcomes in the order the exams ended', async () => {
    const swept = false;
    expect(await examOutcomes(client, device)).toEqual([
      { outcome: 'failed', card: 0, at: now + 1, gflops: 7, class: null, costMs: 1234.5, swept },
      { outcome: 'passed', card: 3, at: now + 2, gflops: null, class: 'cpu', costMs: 0, swept },
      { outcome: 'passed', card: 4, at: now + 2, gflops: 42.5, class: 'cpu', costMs: 1234.5, swept },
    ]);
  });

  it('says what an exam cost its card, as it is reckoned from the fact, and whether it was part of a sweep', async () => {
    const dear = deviceId('costs');
    const untimed = { ...memoryPart, attempts: 0, elapsedMs: null, buildMs: null };
    const exams = [
      exam(dear, now + 1, { attempts: 3 }),
      exam(dear, now + 2, { memory: memoryPart }),
      exam(dear, now + 3, { elapsedMs: null, memory: untimed, sweep: `sw_${'0'.repeat(32)}` }),
    ];
    await insertFacts(client, exams, 'costs');
    const kept = await examOutcomes(client, dear);
    const costs = kept.map(({ costMs }) => costMs);
    expect(kept.map(({ swept }) => swept)).toEqual([false, false, true]);
    expect(costs).toEqual(exams.map(examCostMs));
    expect(costs).toEqual([3703.5, 1234.5 + 5000.5 + 500.5, 0]);
  });

  it('counts a fact once that was stored twice', async () => {
    await insertFacts(client, facts, 'history again, as if its token had been forgotten');
    expect(await examOutcomes(client, device)).toHaveLength(3);
    expect(await examHistory(client, device, 10)).toHaveLength(3);
    expect(await eventsOf(client, device, 10)).toEqual([...facts].reverse());
  });

  it('gives nothing for a device that never was, and refuses an id that is none', async () => {
    expect(await eventsOf(client, deviceId('nobody'), 10)).toEqual([]);
    expect(await examOutcomes(client, deviceId('nobody'))).toEqual([]);
    await expect(eventsOf(client, "' OR 1=1", 10)).rejects.toBeInstanceOf(TouchstoneError);
  });

  it('refuses a stored fact that is not of its shape instead of handing it on', async () => {
    const broken = deviceId('broken body');
    const fact = { ...enrolled(broken, now), cards: 'many' } as unknown as Fact;
    await insertFacts(client, [fact], 'broken body');
    await expect(eventsOf(client, broken, 1)).rejects.toMatchObject({ code: 'storage.row-unexpected' });
    await client.command({ query: `DELETE FROM events WHERE device = '${broken}'` });
  });
});
