import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { Webhook as Signer } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openClickHouse } from '../../scoring/storage/clickhouse.js';
import { ClickHouseServer } from '../../scoring/testing/clickhouse-server.js';
import { addKey } from '../../verifier/access/key-file.js';
import { openReceiver } from '../../verifier/feeds/testing/receiver.js';
import { homeTimes } from '../../verifier/homes/times.js';
import type { VerifierOptions } from '../../verifier/options.js';
import { RedisServer } from '../../verifier/state/testing/redis-server.js';
import { RawAgent } from '../verifier/testing/raw-agent.js';
import { FleetVerifier, freePorts } from './testing/fleet-verifier.js';

// What is told of changes by two verifiers, one of which dies while it tells.

const clickhouse = new ClickHouseServer();
const sharedDir = mkdtempSync(join(tmpdir(), 'touchstone-feeds-'));
let redis: RedisServer;
let record: ClickHouseClient;
let verifiers: [FleetVerifier, FleetVerifier];
let key: string;

beforeAll(async () => {
  const ports = await freePorts(2);
  const [first = 0, second = 0] = ports;
  [redis] = await Promise.all([RedisServer.start(), clickhouse.start()]);
  const random = (length: number) => new Uint8Array(randomBytes(length));
  key = await addKey(sharedDir, { name: 'market', role: 'marketplace', now: Date.now() }, random);
  const options: Partial<VerifierOptions> = {
    redisUrl: redis.url,
    clickhouse: { url: clickhouse.url },
    sharedDir,
    publicHosts: ports.map((port) => `127.0.0.1:${port}`),
    homeTimes: { ...homeTimes, deadMs: 3_000, renewMs: 400, marginMs: 800, inheritMs: 3_500, lookMs: 200 },
    webhookTurn: { ttlMs: 3_000, marginMs: 1_000, everyMs: 500 },
    privateWebhooks: true,
    sweepEveryMs: 0,
    fleetEveryMs: 0,
    logLevel: 'warn',
  };
  // The first alone: it makes the secrets and the tables.
  verifiers = [await FleetVerifier.at(first, options), await FleetVerifier.at(second, options)];
  record = await openClickHouse({ url: clickhouse.url });
});
afterAll(async () => {
  await record.close();
  await Promise.all(verifiers.map((verifier) => verifier.close()));
  await Promise.all([redis.stop(), clickhouse.close()]);
  rmSync(sharedDir, { recursive: true, force: true });
});

const authorization = () => ({ authorization: `Bearer ${key}` });
const post = (url: string, path: string, body: unknown) =>
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { ...authorization(), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

/** Enrols devices, and says which of them were acknowledged. */
async function enrol(verifier: FleetVerifier, count: number): Promise<string[]> {
  const tries = Array.from({ length: count }, async () => {
    const agent = new RawAgent(verifier.url);
    const status = await agent
      .enrol()
      .then((answer) => answer.status)
      .catch(() => 0);
    return status === 201 ? [agent.device] : [];
  });
  return (await Promise.all(tries)).flat();
}

/** A reader of enrolments that takes them up where it left, at whichever verifier. */
class Reader {
  readonly ids: string[] = [];
  readonly devices: string[] = [];
  last = '';
  #leave: () => void = () => {};

  async follow(verifier: FleetVerifier): Promise<void> {
    const leaving = new AbortController();
    this.#leave = () => leaving.abort();
    const response = await fetch(`${verifier.url}/v1/changes?kinds=device.enrolled`, {
      headers: this.last === '' ? {} : { 'last-event-id': this.last },
      signal: leaving.signal,
    });
    expect(response.status).toBe(200);
    const events = response.body
      ?.pipeThrough(new TextDecoderStream())
      .pipeThrough(new EventSourceParserStream());
    void (async () => {
      for await (const event of events ?? []) {
        this.last = event.id ?? '';
        if (event.event === 'place') continue;
        const { id, device } = JSON.parse(event.data) as { id: string; device: string };
        this.ids.push(id);
        this.devices.push(device);
      }
    })().catch(() => {});
    await expect.poll(() => this.last).not.toBe('');
  }

  leave(): void {
    this.#leave();
  }
}

it('all changes come to a webhook and to a reader, though the verifier that told them is killed', async () => {
  const [one, other] = verifiers;
  const receiver = await openReceiver();
  receiver.answers(() => ({ status: 500 }));
  const made = await post(one.url, '/v1/webhooks', { url: receiver.url, kinds: ['device.enrolled'] });
  expect(made.status).toBe(201);
  const { id, secret } = (await made.json()) as { id: string; secret: string };
  const reader = new Reader();
  await reader.follow(one);

  // The receiver is down: it is told again and again of the first, and of no other.
  const told = await enrol(one, 3);
  await expect.poll(() => receiver.received.length).toBeGreaterThan(0);
  const shown = async () => {
    const response = await fetch(`${other.url}/v1/webhooks`, { headers: authorization() });
    return ((await response.json()) as { webhooks: unknown[] }).webhooks;
  };
  await expect.poll(shown).toEqual([expect.objectContaining({ id, lastAnswer: '500' })]);
  receiver.answers(() => ({ status: 204 }));
  const delivered = () => new Set(receiver.received.map(({ body }) => JSON.parse(body).device as string));
  await expect.poll(() => delivered().size, { timeout: 15_000 }).toBe(3);

  // It dies with facts in its journal that it has acknowledged and nobody has read.
  const acknowledged = enrol(one, 20);
  await expect.poll(() => reader.devices.length, { interval: 5 }).toBeGreaterThan(3);
  await one.kill();
  reader.leave();
  told.push(...(await acknowledged), ...(await enrol(other, 3)));
  await reader.follow(other);
  await expect.poll(() => told.filter((device) => !delivered().has(device)), { timeout: 15_000 }).toEqual([]);
  await expect
    .poll(() => told.filter((device) => !reader.devices.includes(device)), { timeout: 15_000 })
    .toEqual([]);

  // It comes back, with facts that its heir has told already.
  reader.leave();
  await one.start();
  told.push(...(await enrol(one, 2)));
  await reader.follow(one);
  await expect.poll(() => told.filter((device) => !delivered().has(device)), { timeout: 15_000 }).toEqual([]);
  await expect
    .poll(() => told.filter((device) => !reader.devices.includes(device)), { timeout: 15_000 })
    .toEqual([]);
  expect(new Set(reader.ids).size, 'nothing twice, over three lines').toBe(reader.ids.length);
  for (const { body, headers } of receiver.received)
    expect(new Signer(secret).verify(body, headers as Record<string, string>)).toMatchObject({
      type: 'device.enrolled',
    });
  // What was not acknowledged may be there too; nothing is in the record that was not told.
  const rows = await record.query({
    query: "SELECT device FROM events WHERE kind = 'device.enrolled' LIMIT 1 BY id",
    format: 'JSONEachRow',
  });
  const kept = (await rows.json<{ device: string }>()).map(({ device }) => device);
  await expect.poll(() => reader.devices.toSorted()).toEqual(kept.toSorted());
  const gone = await fetch(`${other.url}/v1/webhooks/${id}`, { method: 'DELETE', headers: authorization() });
  expect(gone.status).toBe(204);
  await receiver.close();
});
