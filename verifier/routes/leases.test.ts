import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TouchstoneError } from '../../protocol/error.js';
import { verifyReceipt } from '../../scoring/receipt/verify.js';
import { ApiKeys } from '../access/api-keys.js';
import { Callers } from '../access/callers.js';
import { installAccess } from '../access/guard.js';
import { addKey } from '../access/key-file.js';
import { installProblems } from '../edge/problem.js';
import { isWitness } from '../leases/access.js';
import { clock, makeSigner, minute, openHall, random } from '../leases/testing/lease-hall.js';
import { leaseRoutes } from './leases.js';

let dataDir: string;
let app: FastifyInstance;
let keys: ApiKeys;
beforeEach(async () => {
  const toFake = ['setTimeout', 'clearTimeout', 'Date', 'performance'] as const;
  vi.useFakeTimers({ toFake: [...toFake], now: Date.parse('2026-03-01T12:00:00Z') });
  dataDir = await mkdtemp(join(tmpdir(), 'touchstone-leases-'));
});
afterEach(async () => {
  vi.useRealTimers();
  await app.close();
  await keys.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function open() {
  const hall = openHall();
  keys = await ApiKeys.open({ dataDir, clock, log: { error: () => {} } });
  const add = (name: string) => addKey(dataDir, { name, role: 'marketplace', now: 0 }, random);
  const [ours, others] = [await add('market'), await add('other')];
  app = Fastify({
    ajv: { customOptions: { removeAdditional: false, coerceTypes: false, useDefaults: false } },
  });
  installProblems(app);
  const parts = () => hall.running;
  const nobody = () => Promise.reject(new TouchstoneError('session.invalid'));
  installAccess(
    app,
    new Callers({
      keys,
      sessions: { deviceOf: nobody },
      wallets: { walletOf: nobody },
      isWitness: (lease, token) => isWitness(parts().leases, lease, token),
    }),
  );
  leaseRoutes(app, {
    get leases() {
      return parts().leases;
    },
    get receipts() {
      return parts().receipts;
    },
    get heads() {
      return parts().heads;
    },
    get witnesses() {
      return parts().witnesses;
    },
  });
  const call = async (
    method: 'GET' | 'POST' | 'PATCH',
    url: string,
    token: string | null,
    payload?: object,
  ) => {
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    const response = await app.inject({ method, url, headers, ...(payload !== undefined && { payload }) });
    return { status: response.statusCode, body: response.body === '' ? null : response.json() };
  };
  const request = { device: hall.device, reference: 'job 1' };
  return { hall, call, ours, others, request };
}

async function leased() {
  const opened = await open();
  const { call, ours, request, hall } = opened;
  const { body } = await call('POST', '/v1/leases', ours, request);
  await hall.pass(10 * minute);
  const { id, witnessToken } = body as { id: string; witnessToken: string };
  return { ...opened, id, url: `/v1/leases/${id}`, witnessToken };
}

describe('the routes of leases', () => {
  it('open a lease once, say how it goes, and change it', async () => {
    const { call, ours, request, url, id, witnessToken, hall } = await leased();
    const again = await call('POST', '/v1/leases', ours, request);
    expect(again).toMatchObject({ status: 200, body: { id, witnessToken } });
    const { body } = await call('GET', url, ours);
    expect(body).toMatchObject({
      id,
      state: 'active',
      reasons: [{ code: 'lease.handed-over' }],
      endsAt: null,
    });
    expect(body).not.toHaveProperty('witnessToken');
    const endsAt = '2026-03-02T00:00:00.000Z';
    expect(await call('PATCH', url, ours, { endsAt })).toMatchObject({ status: 200, body: { endsAt } });
    expect(await call('PATCH', url, ours, { state: 'ended' })).toMatchObject({
      body: { state: 'returning' },
    });
    await hall.pass(5 * minute);
    expect(await call('GET', url, ours)).toMatchObject({ body: { state: 'ended' } });
    expect(await call('PATCH', url, ours, { endsAt })).toMatchObject({
      status: 409,
      body: { code: 'lease.over' },
    });
  });

  it('show nothing of a lease to whose it is not', async () => {
    const { call, others, url, witnessToken } = await leased();
    const missing = `/v1/leases/le_${'0'.repeat(32)}`;
    for (const path of ['', '/receipt', '/transcript']) {
      const [real, none] = [await call('GET', url + path, others), await call('GET', missing + path, others)];
      expect(real).toMatchObject({ status: 404, body: { code: 'lease.unknown' } });
      expect({ ...real.body, instance: '' }).toEqual({ ...none.body, instance: '' });
    }
    expect(await call('PATCH', url, others, { state: 'ended' })).toMatchObject({ status: 404 });
    // A witness's token opens its own lease, and says nothing of others.
    for (const path of ['/receipt', '/transcript'])
      expect(await call('GET', missing + path, witnessToken)).toMatchObject({ status: 401 });
  });

  it('are closed without a key, whatever is asked', async () => {
    const { call, url, request, ours, witnessToken } = await leased();
    const wrong = [null, `ak_${'0'.repeat(64)}`, `wt_${'0'.repeat(64)}`];
    for (const token of wrong) {
      for (const path of ['', '/receipt', '/transcript'])
        expect(await call('GET', url + path, token)).toMatchObject({
          status: 401,
          body: { code: 'access.denied' },
        });
      expect(await call('POST', '/v1/leases', token, request)).toMatchObject({ status: 401 });
      expect(await call('POST', '/v1/leases', token, { nonsense: 1 })).toMatchObject({ status: 401 });
      expect(await call('PATCH', url, token, { state: 'ended' })).toMatchObject({ status: 401 });
    }
    // Who only watches can't end it, and a marketplace can't speak for its tenant.
    const wrongRole = { status: 403, body: { code: 'access.role' } };
    expect(await call('PATCH', url, witnessToken, { state: 'ended' })).toMatchObject(wrongRole);
    expect(await call('GET', url, witnessToken)).toMatchObject(wrongRole);
    const signer = makeSigner();
    const said = { lease: url.slice(11), at: Date.now(), card: 0, index: 0, tag: '0'.repeat(64), load: 0 };
    const statement = { ...said, key: signer.key, signature: '0'.repeat(128) };
    expect(await call('POST', `${url}/witness`, ours, statement)).toMatchObject(wrongRole);
  });

  it.each([
    {},
    { device: 'x', reference: 'job' },
    { reference: 'job' },
    { device: '0'.repeat(64), reference: '' },
    { device: '0'.repeat(64), reference: 'x'.repeat(65) },
    { device: '0'.repeat(64), reference: 'job', endsAt: 'tomorrow' },
    { device: '0'.repeat(64), reference: 'job', price: 1 },
  ])('refuse a request that is none: %j', async (body) => {
    const { call, ours } = await open();
    expect(await call('POST', '/v1/leases', ours, body)).toMatchObject({
      status: 400,
      body: { code: 'request.invalid' },
    });
  });

  it('name the property that should not be there', async () => {
    const { call, ours } = await open();
    const body = { device: '0'.repeat(64), reference: 'job', price: 1 };
    const { body: problem } = await call('POST', '/v1/leases', ours, body);
    expect(problem).toMatchObject({ detail: expect.stringContaining('price') });
  });

  it('let a witness look, speak, and fetch the receipt, which anybody can check', async () => {
    const { call, url, witnessToken, ours, hall } = await leased();
    await hall.probe();
    const { body: heads } = await call('GET', `${url}/transcript`, witnessToken);
    expect(heads).toMatchObject({
      state: 'active',
      cards: [
        { card: 0, index: 1 },
        { card: 1, index: 1 },
      ],
    });
    const signer = makeSigner();
    const [head] = (heads as { cards: { card: number; index: number; tag: string }[] }).cards;
    const said = { lease: url.slice(11), at: Date.now(), ...head, load: null, key: signer.key };
    const statement = { ...said, signature: signer.sign('witness', said) };
    expect(await call('POST', `${url}/witness`, witnessToken, statement)).toMatchObject({ status: 204 });
    expect(await call('POST', `${url}/witness`, witnessToken, { ...statement, load: 0.5 })).toMatchObject({
      status: 400,
      body: { code: 'witness.invalid' },
    });
    await call('PATCH', url, ours, { state: 'ended' });
    await hall.pass(5 * minute);
    for (const token of [witnessToken, ours]) {
      const { body } = await call('GET', `${url}/receipt`, token);
      const { ok, checks } = verifyReceipt(body);
      expect(checks.filter((check) => !check.ok)).toEqual([]);
      expect(ok).toBe(true);
      expect(body).toMatchObject({ witness: [{ key: signer.key }] });
    }
    expect(await call('GET', `${url}/transcript`, witnessToken)).toMatchObject({
      body: { state: 'ended', cards: [{ index: 1 }, { index: 1 }] },
    });
  });
});
