import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { newFactId } from '../../protocol/ids.js';
import { uniformFrom } from '../../protocol/testing/uniform.js';
import type { Fact } from '../../scoring/facts/facts.js';
import { insertFacts } from '../../scoring/queries/insert-facts.js';
import { presenceSummary } from '../../scoring/queries/presence.js';
import { openClickHouse } from '../../scoring/storage/clickhouse.js';
import { migrate } from '../../scoring/storage/migrate.js';
import { isRefusal } from '../../scoring/storage/refusal.js';
import { ClickHouseServer } from '../../scoring/testing/clickhouse-server.js';
import { deviceId, enrolled, exam } from '../../scoring/testing/facts.js';
import { scalar } from '../../scoring/testing/record.js';
import { Hub } from '../connections/hub.js';
import { Devices } from '../devices/devices.js';
import { Recorder } from '../devices/recorder.js';
import { minuteFacts } from '../presence/presence.js';
import { healthRoutes } from '../routes/health.js';
import { MemoryState } from '../state/memory.js';
import { Journal } from './journal.js';
import { type InsertFacts, Shipper } from './shipper.js';

// The journal's way into a ClickHouse that is a process of its own: stopped, killed, and back.

const server = new ClickHouseServer();
let client: ClickHouseClient;
beforeAll(async () => {
  client = await openClickHouse({ url: await server.start() });
  await migrate(client);
});
afterAll(async () => {
  await client.close();
  await server.close();
});

const random = (length: number) => new Uint8Array(randomBytes(length));
const minuteMs = 60_000;
/** Near now, so that no TTL takes anything away. Each test has hours of its own. */
const start = Math.floor(Date.now() / minuteMs) - 48 * 60;

/** A verifier's journal, on a clock that the test moves minute by minute. */
async function station(insert: InsertFacts = (facts, token) => insertFacts(client, facts, token)) {
  const directory = await mkdtemp(join(tmpdir(), 'touchstone-away-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const journal = await Journal.open({ directory, segmentBytes: 64 * 1024 });
  const shipper = await Shipper.open({ journal, insert, isRefusal, maxPauseMs: 50, batchBytes: 16 * 1024 });
  const devices = new Devices([], {
    outcomes: async () => [],
    exams: async () => [],
    network: async () => null,
  });
  const recorder = new Recorder(journal, devices);
  const hub = new Hub();
  const enrol = async (device: string, minute: number) => {
    await recorder.record([enrolled(device, minute * minuteMs)]);
    hub.add({ device, lastSeenAt: Number.POSITIVE_INFINITY } as never);
  };
  const minute = async (at: number, verifier: string) => {
    const instant = at * minuteMs + 5_000;
    await recorder.record(minuteFacts(instant, verifier, hub, devices, random));
  };
  return { journal, shipper, recorder, enrol, minute };
}

/** How often each fact of a table is there: 1 where all are there once. */
const copies = (table: string, where: string) =>
  scalar(client, `SELECT count() / uniqExact(id) FROM ${table} WHERE ${where}`);
const rows = (table: string, where: string) => scalar(client, `SELECT count() FROM ${table} WHERE ${where}`);

describe('ClickHouse away for an hour', () => {
  it('makes the service degraded, not deaf: all is acknowledged, waits in the journal, and arrives once', async () => {
    const { journal, shipper, recorder, enrol, minute } = await station();
    const app = Fastify();
    onTestFinished(async () => void (await app.close()));
    const state = new MemoryState({ now: () => Date.now(), monotonic: () => performance.now() });
    healthRoutes(app, { shipper, state } as never);
    const readiness = async () => (await app.inject('/readyz')).json() as Record<string, unknown>;
    const devices = ['one', 'two', 'three'].map((name) => deviceId(`away ${name}`));
    for (const device of devices) await enrol(device, start - 1);
    shipper.start();

    for (let at = start; at < start + 80; at++) {
      if (at === start + 10) {
        await server.stop();
        await minute(at, 'away');
        await expect.poll(readiness).toMatchObject({ status: 'degraded', clickhouse: false });
        continue;
      }
      if (at === start + 70) await server.start();
      await minute(at, 'away');
      if (at % 20 === 0) await recorder.record(devices.map((device) => exam(device, at * minuteMs)));
      if (at === start + 69) {
        expect(shipper.lagBytes).toBeGreaterThan(60 * 3 * 100);
        expect((await app.inject('/healthz')).statusCode).toBe(200);
      }
    }
    await expect.poll(() => shipper.lagBytes, { timeout: 20_000 }).toBe(0);
    expect(await readiness()).toMatchObject({ status: 'ready', clickhouse: true, journalLagBytes: 0 });

    for (const device of devices)
      expect(await presenceSummary(client, device, start, start + 80)).toEqual({ up: 80, countable: 80 });
    // Not only to reads that count by minute: each row is there once, in the tables and behind the view.
    const own = `device IN (${devices.map((device) => `'${device}'`).join()})`;
    expect(await rows('presence', own)).toBe(240);
    expect(await rows('heartbeats', `verifier = 'away'`)).toBe(80);
    expect(await rows('exam_results', own)).toBe(12);
    expect(await copies('events', own)).toBe(1);
    const minutes = `SELECT sum(n) FROM (SELECT bitmapCardinality(minutes) AS n FROM presence_hours WHERE ${own})`;
    expect(await scalar(client, minutes)).toBe(240);
    await shipper.stop();
    await journal.close();
  });
});

describe('an insert that breaks', () => {
  it('in the middle of its tables, or after them, or with ClickHouse itself, is completed and counted once', async () => {
    const uniform = uniformFrom(20260301);
    let inserts = 0;
    const faulty: InsertFacts = async (facts, token) => {
      inserts += 1;
      const breaks = uniform();
      // Some tables have taken the batch, and the answer of the next never comes.
      const after = breaks < 0.4 ? 1 + Math.floor(uniform() * 6) : Number.POSITIVE_INFINITY;
      let taken = 0;
      const cut = new Proxy(client, {
        get: (target, name, receiver) =>
          name !== 'insert'
            ? Reflect.get(target, name, receiver)
            : async (...asked: Parameters<typeof client.insert>) => {
                await target.insert(...asked);
                taken += 1;
                if (taken === after) throw new Error('the line broke');
              },
      });
      await insertFacts(cut, facts, token);
      if (breaks > 0.9) {
        await server.kill();
        await server.start();
        throw new Error('killed');
      }
    };
    const { journal, shipper, recorder, enrol, minute } = await station(faulty);
    const device = deviceId('broken inserts');
    const begin = start + 200;
    await enrol(device, begin - 1);
    for (let at = begin; at < begin + 60; at++) {
      await minute(at, 'broken');
      await recorder.record([exam(device, at * minuteMs), ...moved(device, at)]);
      // As a start after a crash does: nothing but the journal's directory is left of what was on its way.
      if (at % 3 === 0) await shipper.drain().catch(() => {});
    }
    await expect
      .poll(
        () =>
          shipper.drain().then(
            () => shipper.lagBytes,
            () => -1,
          ),
        { timeout: 20_000 },
      )
      .toBe(0);
    expect(inserts).toBeGreaterThan(20);
    const own = `device = '${device}'`;
    expect(await rows('presence', own)).toBe(60);
    expect(await rows('exam_results', own)).toBe(60);
    expect(await rows('heartbeats', `verifier = 'broken'`)).toBe(60);
    expect(await rows('events', own)).toBe(1 + 60 + 60);
    const minutes = `SELECT sum(n) FROM (SELECT bitmapCardinality(minutes) AS n FROM presence_hours WHERE ${own})`;
    expect(await scalar(client, minutes)).toBe(60);
    await journal.close();
  });
});

const moved = (device: string, minute: number): Fact[] => [
  {
    kind: 'maintenance.declared',
    id: newFactId(random),
    at: minute * minuteMs,
    device,
    from: 0,
    to: minuteMs,
    reason: 'test',
    by: 'operator/test',
  },
];
