import { randomBytes } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TouchstoneError } from '../../protocol/error.js';
import { nobody } from '../../scoring/facts/base.js';
import type { Fact } from '../../scoring/facts/facts.js';
import { insertFacts } from '../../scoring/queries/insert-facts.js';
import { windowsSince } from '../../scoring/queries/maintenance.js';
import { migrate } from '../../scoring/storage/migrate.js';
import { deviceId, enrolled, nextId } from '../../scoring/testing/facts.js';
import { openTestRecord } from '../../scoring/testing/record.js';
import { installAccess } from '../access/guard.js';
import { Devices } from '../devices/devices.js';
import { Serial } from '../devices/serial.js';
import { installProblems } from '../edge/problem.js';
import type { Caller } from '../edge/route-config.js';
import { maintenanceRoutes } from '../routes/maintenance.js';
import { Maintenance } from './maintenance.js';

const record = await openTestRecord();
afterAll(record.close);
await migrate(record.client);

const minute = 60_000;
const start = Date.UTC(2026, 5, 1, 12);
const wallet = 'So11111111111111111111111111111111111111112';
const random = (length: number) => new Uint8Array(randomBytes(length));
const at = (minutes: number) => new Date(start + minutes * minute).toISOString();

let device: string;
let other: string;
let facts: Fact[];
let lease: { endsAt: number | null } | null;
let caller: Caller;
let maintenance: Maintenance;
let app: FastifyInstance;

/** A verifier's windows over what the record has: also what another verifier, or this one after a restart, makes of it. */
async function open(): Promise<Maintenance> {
  const devices = await devicesOf();
  return new Maintenance({
    clock: { now: () => Date.now() },
    random,
    devices,
    recorder: {
      async record(more) {
        facts.push(...more);
        await insertFacts(record.client, more, nextId('to'));
      },
    },
    serial: new Serial(),
    leaseOf: (one) => (one === device ? lease : null),
    windows: await windowsSince(record.client, Date.now() - 30 * 24 * 60 * minute),
    rules: { aheadMs: 35 * minute, mostMs: 12 * 60 * minute },
  });
}

async function devicesOf(): Promise<Devices> {
  const devices = new Devices([], {
    outcomes: async () => [],
    exams: async () => [],
    network: async () => null,
  });
  await devices.apply([{ ...enrolled(device, start), wallet }, enrolled(other, start)]);
  return devices;
}

beforeEach(async () => {
  vi.useFakeTimers({ now: start, toFake: ['Date'] });
  device = deviceId(nextId('de'));
  other = deviceId(nextId('de'));
  facts = [];
  lease = null;
  caller = { role: 'device', id: device };
  maintenance = await open();
  app = Fastify();
  installProblems(app);
  installAccess(app, {
    admit: async (access) => {
      if (access.includes('public')) return { role: 'public', id: '' };
      if (!access.includes(caller.role)) throw new TouchstoneError('access.role');
      return caller;
    },
  });
  maintenanceRoutes(app, { maintenance, devices: await devicesOf() });
});
afterEach(async () => {
  vi.useRealTimers();
  await app.close();
});

const send = async (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) => {
  const reply = await app.inject({ method, url, ...(payload !== undefined && { payload }) });
  return { status: reply.statusCode, ...reply.json() };
};
const declare = (from: number, to: number, of = device) =>
  send('POST', `/v1/devices/${of}/maintenance`, { from: at(from), to: at(to), reason: 'new fans' });
const list = async () => (await send('GET', `/v1/devices/${device}/maintenance`)).windows;
const end = (id: string) => send('DELETE', `/v1/devices/${device}/maintenance/${id}`);

describe('maintenance', () => {
  it('is declared ahead, shown to everybody without who declared it, and the same to a verifier that starts anew', async () => {
    const { status, id } = await declare(35, 95);
    expect(status).toBe(201);
    const shown = { id, from: at(35), to: at(95), reason: 'new fans', by: 'device', declaredAt: at(0) };
    expect(await list()).toEqual([shown]);
    expect((await open()).of(device)).toEqual(maintenance.of(device));
  });

  it('pauses its device alone, from shortly before its begin to its end', async () => {
    await declare(40, 100);
    const paused = (minutes: number) => {
      vi.setSystemTime(start + minutes * minute);
      return [maintenance.pausedNow(device), maintenance.pausedNow(other)];
    };
    expect([0, 29, 30, 99].map(paused)).toEqual([
      [false, false],
      [false, false],
      [true, false],
      [true, false],
    ]);
    expect(paused(100)).toEqual([false, false]);
  });

  it('changes nothing where it is refused', async () => {
    await declare(35, 95);
    const before = [...facts];
    const refusals = [
      await declare(34, 95),
      await declare(200, 214),
      await declare(80, 120),
      await declare(200, 200 + 11 * 60 + 1),
      await send('POST', `/v1/devices/${device}/maintenance`, { from: 'soon', to: at(90), reason: 'x' }),
      await end(nextId('fa')),
      await declare(200, 300, deviceId('nobody knows it')),
    ];
    expect(refusals.map(({ code }) => code)).toEqual([
      'maintenance.too-soon',
      'maintenance.too-short',
      'maintenance.overlaps',
      'maintenance.too-much',
      'request.invalid',
      'maintenance.unknown',
      'device.unknown',
    ]);
    expect(facts).toEqual(before);
  });

  it('is declared once of two that are asked for at one moment', async () => {
    const replies = await Promise.all([declare(35, 95), declare(60, 120), declare(35, 95)]);
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect(await list()).toHaveLength(1);
  });

  it('is for the device itself, its wallet and an operator, and for nobody else', async () => {
    caller = { role: 'device', id: other };
    expect(await declare(35, 95)).toMatchObject({ status: 403, code: 'access.role' });
    caller = { role: 'wallet', id: other };
    expect(await declare(35, 95)).toMatchObject({ status: 403, code: 'access.role' });
    // A device without a wallet is nobody's.
    expect(await declare(35, 95, other)).toMatchObject({ status: 403, code: 'access.role' });
    caller = { role: 'marketplace', id: 'market' };
    expect(await declare(35, 95)).toMatchObject({ status: 403, code: 'access.role' });
    caller = { role: 'wallet', id: wallet };
    const { status, id } = await declare(35, 95);
    expect(status).toBe(201);
    caller = { role: 'device', id: other };
    expect(await end(id)).toMatchObject({ status: 403, code: 'access.role' });
    caller = { role: 'operator', id: 'ops' };
    expect(await end(id)).toEqual({ status: 200, window: null });
  });

  it('is not for a time in which somebody may have the device, and pauses nothing while somebody has it', async () => {
    lease = { endsAt: null };
    expect(await declare(35, 95)).toMatchObject({ status: 409, code: 'maintenance.leased' });
    lease = { endsAt: start + 36 * minute };
    expect(await declare(35, 95)).toMatchObject({ status: 409, code: 'maintenance.leased' });
    expect(await declare(36, 96)).toMatchObject({ status: 201 });
    vi.setSystemTime(start + 40 * minute);
    expect(maintenance.pausedNow(device)).toBe(false);
    lease = null;
    expect(maintenance.pausedNow(device)).toBe(true);
    expect(maintenance.between(device, start, start + 36 * minute)).toBeNull();
    expect(maintenance.between(device, start, null)).not.toBeNull();
  });

  it('is taken back early and leaves nothing, or ended early and leaves what was', async () => {
    const first = await declare(100, 160);
    expect(await end(first.id)).toEqual({ status: 200, window: null });
    expect(await end(first.id)).toMatchObject({ code: 'maintenance.unknown' });
    const second = await declare(100, 160);
    vi.setSystemTime(start + 120 * minute);
    expect((await end(second.id)).window).toMatchObject({ from: at(100), to: at(120) });
    expect(maintenance.pausedNow(device)).toBe(false);
    expect(await end(second.id)).toMatchObject({ code: 'maintenance.over' });
    expect((await open()).of(device)).toEqual(maintenance.of(device));
  });

  it('that was taken back stands in the way of no other, whose time holds its begin', async () => {
    const { id } = await declare(100, 160);
    await end(id);
    expect((await declare(90, 120)).status).toBe(201);
  });

  it('is known to other verifiers by its facts, in whatever number they come', async () => {
    const elsewhere = await open();
    const { id } = await declare(100, 160);
    vi.setSystemTime(start + 120 * minute);
    await end(id);
    for (const fact of [...facts, ...facts]) elsewhere.apply(fact);
    expect(elsewhere.of(device)).toEqual(maintenance.of(device));
  });
});

describe('a quiet time', () => {
  const quiet = (from: number, to: number) =>
    send('POST', '/v1/quiet', { from: at(from), to: at(to), reason: 'roll-out' });

  it('is the operator’s to declare and end, and pauses everybody, also who is leased', async () => {
    expect(await quiet(0, 30)).toMatchObject({ status: 403, code: 'access.role' });
    caller = { role: 'operator', id: 'ops' };
    const { status, id } = await quiet(0, 30);
    expect(status).toBe(201);
    lease = { endsAt: null };
    expect([device, other].map((one) => maintenance.pausedNow(one))).toEqual([true, true]);
    expect((await send('GET', '/v1/quiet')).windows).toMatchObject([{ id, by: 'operator' }]);
    expect(facts[0]).toMatchObject({ device: nobody, by: 'operator/ops' });
    vi.setSystemTime(start + 10 * minute);
    expect((await send('DELETE', `/v1/quiet/${id}`)).window).toMatchObject({ to: at(10) });
    expect(maintenance.pausedNow(device)).toBe(false);
  });

  it('is neither past nor long', async () => {
    caller = { role: 'operator', id: 'ops' };
    for (const [from, to] of [
      [-5, 30],
      [0, 361],
      [10, 10],
      [8 * 24 * 60, 8 * 24 * 60 + 5],
    ] as const)
      expect(await quiet(from, to)).toMatchObject({ status: 422, code: 'quiet.invalid' });
    expect(facts).toEqual([]);
  });
});
