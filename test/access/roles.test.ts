import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import bs58 from 'bs58';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addKey, type KeyRole } from '../../verifier/access/key-file.js';
import { RawAgent, RawSocket } from '../verifier/testing/raw-agent.js';
import { openVerifier } from '../verifier/testing/verifier.js';

type Known = 'public' | 'device' | 'wallet' | 'witness' | KeyRole;

/** Who may call what. It is said here once more, so that nothing opens by a slip in a route. */
const doors: Record<string, readonly Known[]> = {
  'POST /v1/nonces': ['public'],
  'POST /v1/devices': ['public'],
  'POST /v1/sessions': ['public'],
  'GET /v1/devices/{id}': ['public'],
  'GET /v1/devices/{id}/explain': ['public'],
  'GET /v1/devices/{id}/history': ['public'],
  'GET /v1/devices/{id}/hardware': ['device', 'investigator', 'operator'],
  'POST /v1/devices/{id}/attestations': ['device'],
  'POST /v1/devices/{id}/decisions': ['investigator', 'operator'],
  'GET /v1/devices/{id}/maintenance': ['public'],
  'POST /v1/devices/{id}/maintenance': ['device', 'wallet', 'operator'],
  'DELETE /v1/devices/{id}/maintenance/{window}': ['device', 'wallet', 'operator'],
  'GET /v1/quiet': ['public'],
  'POST /v1/quiet': ['operator'],
  'DELETE /v1/quiet/{window}': ['operator'],
  'POST /v1/leases': ['marketplace'],
  'GET /v1/leases/{id}': ['marketplace'],
  'PATCH /v1/leases/{id}': ['marketplace'],
  'GET /v1/leases/{id}/receipt': ['marketplace', 'witness'],
  'GET /v1/leases/{id}/transcript': ['marketplace', 'witness'],
  'POST /v1/leases/{id}/witness': ['witness'],
  'GET /v1/sweeps': ['public'],
  'GET /v1/sweeps/chain': ['public'],
  'GET /v1/sweeps/{id}': ['public'],
  'POST /v1/sweeps': ['investigator', 'operator'],
  'GET /v1/disputes': ['investigator', 'operator'],
  'GET /v1/disputes/{id}': ['investigator', 'operator'],
  'GET /v1/collisions': ['investigator', 'operator'],
  'GET /v1/figures': ['public'],
  'GET /v1/changes': ['public'],
  'POST /v1/webhooks': ['marketplace', 'investigator', 'operator'],
  'GET /v1/webhooks': ['marketplace', 'investigator', 'operator'],
  'DELETE /v1/webhooks/{id}': ['marketplace', 'investigator', 'operator'],
  'POST /v1/wallets/challenge': ['public'],
  'POST /v1/wallets/session': ['public'],
  'DELETE /v1/wallets/session': ['wallet'],
  'GET /v1/wallets/devices': ['wallet'],
  'GET /v1/alarms': ['investigator', 'operator'],
  'GET /v1/classes': ['public'],
  'GET /v1/verifier': ['public'],
  'GET /healthz': ['public'],
  'GET /readyz': ['public'],
  // Not in the OpenAPI document. Beside these roles `/metrics` is open to this machine, which here is everybody without a token.
  'GET /metrics': ['operator'],
  'GET /v1/agent': ['device'],
  'GET /openapi.json': ['public'],
};
const hidden = ['GET /metrics', 'GET /v1/agent', 'GET /openapi.json'];

let verifier: Awaited<ReturnType<typeof openVerifier>>;
let tokens: Record<Exclude<Known, 'public'>, string>;
let owner: RawAgent;
const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-roles-'));
const random = (length: number) => new Uint8Array(randomBytes(length));

beforeAll(async () => {
  const key = (role: KeyRole) => addKey(dataDir, { name: role, role, now: Date.now() }, random);
  const keys = {
    marketplace: await key('marketplace'),
    investigator: await key('investigator'),
    operator: await key('operator'),
  };
  verifier = await openVerifier({ dataDir });
  owner = new RawAgent(verifier.url);
  await owner.enrol();
  tokens = {
    ...keys,
    device: await sessionOf(owner),
    wallet: await walletToken(),
    witness: `wt_${'5'.repeat(64)}`,
  };
}, 30_000);
afterAll(async () => {
  await verifier.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const sessionOf = async (agent: RawAgent) =>
  String((await agent.request('POST', '/v1/sessions', await agent.sessionRequest())).body.token);

async function walletToken(): Promise<string> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const address = bs58.encode(Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'));
  const { body } = await owner.request('POST', '/v1/wallets/challenge', { address });
  const { nonce } = body.input as { nonce: string };
  const signature = sign(null, Buffer.from(String(body.message)), privateKey).toString('hex');
  const signedIn = await owner.request('POST', '/v1/wallets/session', { nonce, signature });
  return String(signedIn.body.token);
}

/** The status, and the code of the problem where there is one. The body is none that a route takes: it is never read before. */
async function knock(door: string, token?: string, headers: Record<string, string> = {}): Promise<string> {
  const [method = '', path = ''] = door.split(' ');
  const leaving = new AbortController();
  const answer = await fetch(verifier.url + path.replace(/\{[^}]*\}/g, '0'.repeat(64)), {
    method,
    signal: leaving.signal,
    headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
  });
  const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+json') === true;
  const { code } = isProblem ? ((await answer.json()) as { code: string }) : { code: 'ok' };
  leaving.abort();
  return `${answer.status} ${code}`;
}

const refusals = ['401 access.denied', '401 session.invalid', '403 access.role'];

describe('the doors of the service', () => {
  it('are those that this test knows, and no more', async () => {
    const { paths } = (await (await fetch(`${verifier.url}/openapi.json`)).json()) as {
      paths: Record<string, Record<string, unknown>>;
    };
    const served = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect([...served, ...hidden].sort()).toEqual(Object.keys(doors).sort());
  });

  it.each(Object.entries(doors))('%s opens to %s', async (door, open) => {
    const opened: string[] = [];
    for (const role of ['device', 'wallet', 'witness', 'marketplace', 'investigator', 'operator'] as const) {
      const said = await knock(door, tokens[role]);
      // A witness's token that is of no lease is none.
      const refused = refusals.includes(said);
      if (refused && role !== 'witness') expect(said).toBe('403 access.role');
      if (!refused) opened.push(role);
    }
    // It signs the wallet out, wherever it is.
    if (door === 'DELETE /v1/wallets/session') tokens.wallet = await walletToken();
    const everybody = open.includes('public');
    const known = ['device', 'wallet', 'marketplace', 'investigator', 'operator'];
    const expected = everybody ? known : open.filter((role) => role !== 'witness');
    expect(opened.filter((role) => role !== 'witness').sort()).toEqual([...expected].sort());
    if (door === 'GET /metrics')
      return expect(await knock(door, undefined, { via: 'a proxy' })).toBe('401 access.denied');
    expect(refusals.includes(await knock(door))).toBe(!everybody);
    for (const none of ['se', 'ws', 'ak', 'wt'].map((kind) => `${kind}_${'0'.repeat(64)}`))
      expect([none, refusals.slice(0, 2).includes(await knock(door, none))]).toEqual([
        none,
        // Where nobody is shown more than others no notice is taken of tokens.
        !everybody || ['GET /v1/changes', 'GET /v1/devices/{id}/history'].includes(door),
      ]);
  });
});

describe('a session that was seen on its way', () => {
  it('cannot take the line from its device, nor can the one that it came to by that line, twice', async () => {
    const agent = new RawAgent(verifier.url);
    await agent.enrol();
    const seen = await sessionOf(agent);
    const line = await RawSocket.open(verifier.url, seen);
    const { token } = await line.next('session');
    expect(await knock('GET /v1/agent', seen)).toBe('401 session.invalid');
    await expect(RawSocket.open(verifier.url, seen)).rejects.toThrow('401');
    line.socket.ping();
    await new Promise((resolve) => line.socket.once('pong', resolve));
    expect(line.closed).toBeNull();
    const next = await RawSocket.open(verifier.url, token);
    expect((await line.untilClosed()).reason).toBe('session.superseded');
    await expect(RawSocket.open(verifier.url, token)).rejects.toThrow('401');
    next.socket.terminate();
  });

  it('is not used up by who only looks at the door', async () => {
    const agent = new RawAgent(verifier.url);
    await agent.enrol();
    const session = await sessionOf(agent);
    expect(await knock('GET /v1/agent', session)).toBe('404 request.not-found');
    (await RawSocket.open(verifier.url, session)).socket.terminate();
  });

  it('says nothing for another device', async () => {
    const other = new RawAgent(verifier.url);
    await other.enrol();
    const from = new Date(Date.now() + 3600_000).toISOString();
    const to = new Date(Date.now() + 2 * 3600_000).toISOString();
    const body = JSON.stringify({ from, to, reason: 'not mine' });
    for (const role of ['device', 'wallet'] as const) {
      const headers = { authorization: `Bearer ${tokens[role]}`, 'content-type': 'application/json' };
      const answer = await fetch(`${verifier.url}/v1/devices/${other.device}/maintenance`, {
        method: 'POST',
        headers,
        body,
      });
      expect(await answer.json()).toMatchObject({ code: 'access.role' });
    }
  });
});

describe('an alarm that a stranger has rung about an honest device', () => {
  it('is told to those who look after the fleet, and to nobody who looks at the device', async () => {
    const victim = new RawAgent(verifier.url);
    await victim.enrol();
    const junk = { ...(await victim.enrolment()), signature: '0'.repeat(128) };
    for (let i = 0; i < 40; i += 1)
      expect((await victim.request('POST', '/v1/devices', junk)).status).toBe(401);
    const read = async (path: string, token?: string) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      return (await fetch(verifier.url + path, { headers })).text();
    };
    await expect
      .poll(() => read('/v1/alarms', tokens.operator), { timeout: 10_000 })
      .toContain(victim.device);
    const explained = await read(`/v1/devices/${victim.device}/explain`);
    expect(explained).toContain('enrolled');
    expect(explained).not.toContain('alarm');
  });
});
