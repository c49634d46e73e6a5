import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openClickHouse } from '../../scoring/storage/clickhouse.js';
import { ClickHouseServer } from '../../scoring/testing/clickhouse-server.js';
import { homeTimes } from '../../verifier/homes/times.js';
import { RedisServer } from '../../verifier/state/testing/redis-server.js';
import { HonestSteps, slowCatalogue } from './testing/honest.js';
import { RawAgent } from './testing/raw-agent.js';
import { openVerifier } from './testing/verifier.js';

// A whole verifier whose record or whose hot state goes away under it.

const clickhouse = new ClickHouseServer();
/** A directory for each verifier, of which one is started anew. */
const folder = mkdtempSync(join(tmpdir(), 'touchstone-away-'));
let redis: RedisServer;
beforeAll(async () => {
  [redis] = await Promise.all([RedisServer.start(), clickhouse.start()]);
});
afterAll(async () => {
  await Promise.all([redis.stop(), clickhouse.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const open = (name: string, port = 0) =>
  openVerifier({
    port,
    dataDir: join(folder, name),
    sharedDir: folder,
    catalogue: slowCatalogue,
    revealMs: 60_000,
    clickhouse: { url: clickhouse.url },
    redisUrl: redis.url,
    homeTimes: { ...homeTimes, deadMs: 2_000, renewMs: 250, marginMs: 500 },
    sweepEveryMs: 0,
    fleetEveryMs: 0,
  });

/** Enrols, connects, and passes its exam. */
async function pass(agent: RawAgent): Promise<{ exam: string; close(): void }> {
  expect(await agent.enrol()).toMatchObject({ status: 201 });
  const socket = await agent.connect();
  const steps = new HonestSteps(socket);
  await steps.whole();
  const { exam, outcome } = await steps.verdict();
  expect(outcome).toBe('passed');
  return { exam, close: () => socket.socket.terminate() };
}

const readiness = async (url: string) => (await fetch(`${url}/readyz`)).json();
const statusOf = async (agent: RawAgent) =>
  (await agent.request('GET', `/v1/devices/${agent.device}`)).body.status;

/** Rows of the record, seen past the verifier. */
async function rows<T>(query: string): Promise<T[]> {
  const client = await openClickHouse({ url: clickhouse.url });
  try {
    return await (await client.query({ query, format: 'JSONEachRow' })).json<T>();
  } finally {
    await client.close();
  }
}

describe('a verifier whose ClickHouse is away', () => {
  it('enrols, lets in and examines all the same, says what it can not, and all of it arrives once', async () => {
    const verifier = await open('one');
    const [before, during, resumed] = Array.from({ length: 3 }, () => new RawAgent(verifier.url)) as [
      RawAgent,
      RawAgent,
      RawAgent,
    ];
    const exams = [await pass(before)];
    await clickhouse.stop();
    exams.push(await pass(during));
    await expect.poll(() => readiness(verifier.url)).toMatchObject({ status: 'degraded', clickhouse: false });
    // One that it has examined before comes again.
    const again = await before.connect();
    expect((await again.next('status')).status).toBe('verified');
    again.socket.terminate();

    for (const path of [
      `/v1/devices/${during.device}`,
      `/v1/devices/${during.device}/explain`,
      `/v1/devices/${during.device}/history`,
      '/v1/figures',
      '/v1/sweeps',
      '/v1/sweeps/chain',
      '/v1/changes',
    ]) {
      const answer = await fetch(`${verifier.url}${path}`);
      expect([path, answer.status]).toEqual([path, 503]);
      expect(Number(answer.headers.get('retry-after')), path).toBeGreaterThan(0);
      expect(answer.headers.get('content-type'), path).toContain('application/problem+json');
      expect(['storage.unreachable', 'service.storage-unavailable']).toContain(
        ((await answer.json()) as { code: string }).code,
      );
    }
    for (const path of ['/healthz', '/v1/verifier'])
      expect((await fetch(`${verifier.url}${path}`)).status, path).toBe(200);

    await clickhouse.start();
    await expect
      .poll(() => readiness(verifier.url), { timeout: 20_000 })
      .toMatchObject({ journalLagBytes: 0 });
    exams.push(await pass(resumed));
    for (const agent of [before, during, resumed])
      await expect.poll(() => statusOf(agent), { timeout: 10_000 }).toBe('verified');
    for (const { close } of exams) close();
    await verifier.close();
    const kept = await rows<{ exam: string; copies: number }>(
      'SELECT exam, toUInt32(count()) AS copies FROM exam_results GROUP BY exam',
    );
    expect(kept.toSorted((a, b) => (a.exam < b.exam ? -1 : 1))).toEqual(
      exams.map(({ exam }) => ({ exam, copies: 1 })).toSorted((a, b) => (a.exam < b.exam ? -1 : 1)),
    );
    expect(await rows('SELECT kind, id FROM events GROUP BY kind, id HAVING count() > 1')).toEqual([]);
  });
});

describe('a verifier whose hot state is empty when it starts', () => {
  it('knows its devices and how they stand, from the record', async () => {
    const first = await open('two');
    const agents = [new RawAgent(first.url), new RawAgent(first.url)] as [RawAgent, RawAgent];
    const [passed, asked] = agents;
    (await pass(passed)).close();
    await expect.poll(() => statusOf(passed)).toBe('verified');
    // The other one is in the middle of its exam.
    await asked.enrol();
    const socket = await asked.connect();
    await new HonestSteps(socket).toArmed();
    socket.socket.terminate();
    await first.close();
    await redis.restart();

    const second = await open('two', Number(new URL(first.url).port));
    expect(await statusOf(passed)).toBe('verified');
    // For all that it knows another verifier has not seen the loss yet, and may act for its devices a moment longer.
    const back = await vi.waitFor(() => passed.connect(), { timeout: 10_000, interval: 100 });
    expect((await back.next('status')).status).toBe('verified');
    const { socket: late } = await (async () => {
      const line = await asked.connect();
      await new HonestSteps(line).whole();
      return { socket: line };
    })();
    expect((await late.next('exam.verdict')).outcome).toBe('passed');
    await expect.poll(() => statusOf(asked)).toBe('verified');
    back.socket.terminate();
    late.socket.terminate();
    await second.close();
    const marks = await rows<{ outcome: string }>(
      `SELECT outcome FROM exam_results WHERE device IN ('${passed.device}', '${asked.device}') LIMIT 1 BY id`,
    );
    expect(marks.filter(({ outcome }) => !['passed', 'ours'].includes(outcome))).toEqual([]);
  });
});
