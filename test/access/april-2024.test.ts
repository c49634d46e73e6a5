import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import bs58 from 'bs58';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openClickHouse } from '../../scoring/storage/clickhouse.js';
import { scalar } from '../../scoring/testing/record.js';
import { addKey } from '../../verifier/access/key-file.js';
import { cpuClaim, RawAgent, RawSocket } from '../verifier/testing/raw-agent.js';
import { openVerifier } from '../verifier/testing/verifier.js';
import { Attacker, type Route, writingRoutes } from './testing/attacker.js';

/** In April 2024 that many hands wrote over the metadata of a network's devices, all by tokens that had leaked. */
const devices = 100;
/** Each about another device: those that there are, and as many as might be. */
const writes = 2_000;
const sideBySide = 16;

let dataDir: string;
let verifier: Awaited<ReturnType<typeof openVerifier>>;
let operator: string;
let agents: RawAgent[];
let stolen: { device: string; session: string; wallet: string; walletToken: string };
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'touchstone-april-'));
  closers.push(async () => rmSync(dataDir, { recursive: true, force: true }));
  operator = await addKey(
    dataDir,
    { name: 'operator', role: 'operator', now: Date.now() },
    (length) => new Uint8Array(randomBytes(length)),
  );
  verifier = await openVerifier({ dataDir });
  closers.push(() => verifier.close());
  agents = Array.from({ length: devices }, () => new RawAgent(verifier.url));
  await inTurns(agents, async (agent) => expect((await agent.enrol()).status).toBe(201));
  stolen = await steal();
}, 60_000);
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

/** Some at a time, until all are done. */
async function inTurns<T>(
  all: readonly T[],
  work: (one: T, index: number) => Promise<unknown>,
): Promise<void> {
  const queue = all.entries();
  await Promise.all(
    Array.from({ length: sideBySide }, async () => {
      for (const [index, one] of queue) await work(one, index);
    }),
  );
}

const first = () => agents[0] as RawAgent;
const get = async (path: string, token?: string) => {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return (await (await fetch(verifier.url + path, { headers })).json()) as Record<string, unknown>;
};

/** The session of one device and the session of the wallet that it earns for. */
async function steal(): Promise<typeof stolen> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const wallet = bs58.encode(Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'));
  const { signature: _, ...enrolment } = await first().enrolment();
  const bound = first().signed('enrol', { ...enrolment, wallet });
  expect((await first().request('POST', '/v1/devices', bound)).status).toBe(200);
  const session = await first().request('POST', '/v1/sessions', await first().sessionRequest());
  const { body } = await first().request('POST', '/v1/wallets/challenge', { address: wallet });
  const { nonce } = body.input as { nonce: string };
  const signature = sign(null, Buffer.from(String(body.message)), privateKey).toString('hex');
  const signedIn = await first().request('POST', '/v1/wallets/session', { nonce, signature });
  return {
    device: first().device,
    session: String(session.body.token),
    wallet,
    walletToken: String(signedIn.body.token),
  };
}

describe('the attack of April 2024', () => {
  it('changes nothing by thousands of writes, over every route that there is', async () => {
    const routes = await writingRoutes(verifier.url);
    expect(routes).toContainEqual({ method: 'post', path: '/v1/devices' });
    const attacker = new Attacker(verifier.url);
    const before = await get(`/v1/devices/${agents[1]?.device}`);
    const accepted: [Route, number][] = [];
    await inTurns(Array.from({ length: writes }), async (_, index) => {
      const route = routes[index % routes.length] as Route;
      const victim = agents[1 + index]?.device ?? index.toString(16).padStart(64, 'a');
      const token = index % 2 === 0 ? stolen.session : stolen.walletToken;
      const status = await attacker.write(route, victim, token);
      if (status < 400) accepted.push([route, status]);
    });
    expect(accepted).toEqual([]);
    expect(await get(`/v1/devices/${agents[1]?.device}`)).toEqual(before);
  }, 60_000);

  it('rings the alarm: for both tokens, for the address, and for the fleet', async () => {
    const rang = async () => {
      const { alarms } = (await get('/v1/alarms', operator)) as { alarms: { subject: string }[] };
      return alarms.map(({ subject }) => subject.replace(/^(address)\/[0-9a-f]{16}$/, '$1'));
    };
    const expected = ['address', `device/${stolen.device}`, 'fleet', `wallet/${stolen.wallet}`];
    await expect.poll(async () => [...new Set(await rang())].sort(), { timeout: 10_000 }).toEqual(expected);
    const metrics = await (await fetch(`${verifier.url}/metrics`)).text();
    // The tokens twice: it went on until it was ten times as loud.
    expect(metrics).toContain('touchstone_alarms_total{alarm="metadata.writes"} 6');
    // And says nothing to who is no operator.
    expect(await get('/v1/alarms', stolen.session)).toMatchObject({ code: 'access.role' });
    expect(await get('/v1/alarms')).toMatchObject({ code: 'access.denied' });
  });

  it('does not get in the way of the owner, who goes on and signs out whoever has the wallet’s token', async () => {
    const socket = await RawSocket.open(verifier.url, stolen.session);
    expect(await socket.next('status')).toMatchObject({ status: 'enrolled' });
    const renamed = await first().enrol([{ ...cpuClaim, driver: 'new' }]);
    expect(renamed.status).toBe(200);
    const own = async () => get(`/v1/devices/${stolen.device}/history`, stolen.walletToken);
    const changes = async () => {
      const { enrolments } = (await own()) as { enrolments: { changed: string[] }[] };
      return enrolments.map(({ changed }) => changed);
    };
    await expect.poll(changes, { timeout: 10_000 }).toEqual([['cards'], ['wallet'], []]);
    expect(await own()).toMatchObject({ enrolments: [{ private: { wallet: stolen.wallet } }, {}, {}] });
    const theirs = await get(`/v1/devices/${agents[1]?.device}/history`, stolen.walletToken);
    expect(theirs).toMatchObject({ enrolments: [{ walletBound: false, changed: [] }] });
    expect(theirs).not.toHaveProperty('enrolments[0].private');
    expect(await get('/v1/wallets/devices', stolen.walletToken)).toMatchObject({
      devices: [{ id: stolen.device }],
      next: null,
    });
    const headers = { authorization: `Bearer ${stolen.walletToken}` };
    await fetch(`${verifier.url}/v1/wallets/session`, { method: 'DELETE', headers });
    expect(await get('/v1/wallets/devices', stolen.walletToken)).toMatchObject({ code: 'session.invalid' });
    socket.socket.terminate();
  });

  it('left nothing in the record: of each device what its own key has signed', async () => {
    await closers.pop()?.();
    const record = await openClickHouse({ dataDir: join(dataDir, 'clickhouse') });
    closers.push(() => record.close());
    const enrolments = (where: string) =>
      scalar(
        record,
        `SELECT toUInt32(uniqExact(id)) FROM events WHERE kind = 'device.enrolled' AND ${where}`,
      );
    expect(await enrolments('1')).toBe(devices + 2);
    expect(await enrolments(`device = '${stolen.device}'`)).toBe(3);
    expect(await enrolments(`body LIKE '%owned%'`)).toBe(0);
  });
});
