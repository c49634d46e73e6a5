import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { limits } from '../../protocol/limits.js';
import { cpuClaim, RawAgent } from './testing/raw-agent.js';
import { openVerifier } from './testing/verifier.js';

let verifier: Awaited<ReturnType<typeof openVerifier>>;
let agent: RawAgent;
beforeAll(async () => {
  verifier = await openVerifier();
});
afterAll(() => verifier.close());

const fresh = () => new RawAgent(verifier.url);
const gpu = { kind: 'gpu', model: 'RTX 4090', memoryBytes: 1, engine: null };

/** What was refused must have left nothing behind. */
async function expectUnknown(device: string): Promise<void> {
  expect((await fresh().request('GET', `/v1/devices/${device}`)).body.code).toBe('device.unknown');
}

describe('enrolment', () => {
  it('takes a device that proves its key, and shows it', async () => {
    agent = fresh();
    const answer = await agent.enrol();
    expect(answer.status).toBe(201);
    const { body } = await agent.request('GET', `/v1/devices/${agent.device}`);
    expect(body).toMatchObject({ id: agent.device, name: 'raw', status: 'enrolled', connected: false });
    expect(body.cards).toMatchObject([
      { card: 0, kind: 'cpu', claimedClass: 'cpu', class: null, lastExam: null },
    ]);
  });

  it('changes nothing when the same is said again, whatever the warm-up gave this time', async () => {
    const again = await agent.enrol([{ ...cpuClaim, warmupGflops: 0.07 }]);
    expect(again.status).toBe(200);
    const { body } = await agent.request('GET', `/v1/devices/${agent.device}/explain`);
    expect((body.history as unknown[]).length).toBe(1);
  });

  it('calls a message by the code that fits, and keeps nothing of it', async () => {
    const one = fresh();
    const good = await one.enrolment();
    const other = fresh();
    const cases: [string, Record<string, unknown>, number, string][] = [
      [
        'signature of another key',
        { ...good, signature: (await other.enrolment()).signature },
        401,
        'signature.invalid',
      ],
      ['signature over another nonce', { ...good, nonce: await one.nonce() }, 401, 'signature.invalid'],
      ['changed cards', { ...good, cards: [{ ...cpuClaim, model: 'Better' }] }, 401, 'signature.invalid'],
      [
        'a nonce that was never issued',
        { ...one.signed('enrol', { ...without(good), nonce: `no_${'0'.repeat(32)}` }) },
        401,
        'nonce.unknown',
      ],
      [
        'signed for another host',
        one.signed('enrol', { ...without(good), host: 'evil.example' }),
        401,
        'signature.wrong-host',
      ],
      ['signed for another purpose', one.signed('session', without(good)), 401, 'signature.invalid'],
      ['no cards', one.signed('enrol', { ...without(good), cards: [] }), 400, 'request.invalid'],
      ['an unknown field', { ...good, admin: true }, 400, 'request.invalid'],
      ['a key that is no point of the curve', { ...good, device: 'ff'.repeat(32) }, 401, 'signature.invalid'],
      [
        'too many cards',
        one.signed('enrol', { ...without(good), cards: Array(limits.cards + 1).fill(gpu) }),
        422,
        'cards.too-many',
      ],
      [
        'one card twice',
        one.signed('enrol', { ...without(good), cards: [1, 2].map(() => ({ ...gpu, hardwareId: 'GPU-1' })) }),
        422,
        'cards.duplicate',
      ],
    ];
    for (const [name, body, status, code] of cases) {
      const answer = await one.request('POST', '/v1/devices', body);
      expect([name, answer.status, answer.body.code]).toEqual([name, status, code]);
      expect(answer.body.fix, name).toEqual(expect.any(String));
    }
    await expectUnknown(one.device);
    // What was refused has not used the nonce up.
    expect((await one.request('POST', '/v1/devices', good)).status).toBe(201);
  });

  it('takes no message that was signed for the one who passes it on', async () => {
    const one = fresh();
    const host = 'relay.example:8440';
    const body = JSON.stringify(one.signed('enrol', { ...without(await one.enrolment()), host }));
    const { hostname, port } = new URL(verifier.url);
    const status = await new Promise((resolve) => {
      const headers = { host, 'content-type': 'application/json' };
      const passed = request({ hostname, port, path: '/v1/devices', method: 'POST', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      passed.end(body);
    });
    expect(status).toBe(401);
    await expectUnknown(one.device);
  });

  it('takes no free text that would act on a terminal or break the record', async () => {
    const one = fresh();
    for (const name of ['\u001b[2Jgone', 'a\u0000b', '']) {
      const enrolment = one.signed('enrol', { ...without(await one.enrolment()), name });
      expect((await one.request('POST', '/v1/devices', enrolment)).body.code).toBe('request.invalid');
    }
    const fine = one.signed('enrol', { ...without(await one.enrolment()), name: 'Büro 3 – 显卡 🚀' });
    expect((await one.request('POST', '/v1/devices', fine)).status).toBe(201);
  });

  it('slows down a device that changes what it says of itself again and again', async () => {
    const one = fresh();
    const statuses: number[] = [];
    for (let i = 0; i < 8; i += 1)
      statuses.push((await one.enrol([{ ...cpuClaim, model: `CPU ${i}` }])).status);
    expect(statuses).toEqual([201, 200, 200, 200, 200, 200, 429, 429]);
  });

  it('takes no nonce twice', async () => {
    const one = fresh();
    const enrolment = await one.enrolment();
    expect((await one.request('POST', '/v1/devices', enrolment)).status).toBe(201);
    const replay = await one.request('POST', '/v1/devices', enrolment);
    expect([replay.status, replay.body.code]).toEqual([401, 'nonce.unknown']);
  });

  it('refuses a million claimed cards before it looks at them', async () => {
    const one = fresh();
    const million = `{"cards":[${'{},'.repeat(999_999)}{}]}`;
    const answer = await one.request('POST', '/v1/devices', million);
    expect([answer.status, answer.body.code]).toEqual([413, 'request.too-large']);
    await expectUnknown(one.device);
  });

  it('says what is wrong with what is not JSON', async () => {
    const answer = await fresh().request('POST', '/v1/devices', '{"device":');
    expect([answer.status, answer.body.code]).toEqual([400, 'request.invalid']);
  });
});

describe('a session', () => {
  it('opens for a signed nonce, once', async () => {
    const one = fresh();
    await one.enrol();
    const request = await one.sessionRequest();
    expect((await one.request('POST', '/v1/sessions', request)).status).toBe(200);
    expect((await one.request('POST', '/v1/sessions', request)).body.code).toBe('nonce.unknown');
  });

  it('opens for nobody else', async () => {
    const one = fresh();
    expect((await one.request('POST', '/v1/sessions', await one.sessionRequest())).body.code).toBe(
      'device.unknown',
    );
    await one.enrol();
    const stolen = { ...(await one.sessionRequest()), signature: (await fresh().sessionRequest()).signature };
    expect((await one.request('POST', '/v1/sessions', stolen)).body.code).toBe('signature.invalid');
  });

  it('is needed before anything is upgraded', async () => {
    const response = await fetch(`${verifier.url}/v1/agent`, {
      headers: { authorization: `Bearer se_${'0'.repeat(64)}` },
    });
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(((await response.json()) as { code: string }).code).toBe('session.invalid');
  });
});

function without({ signature: _, ...message }: Record<string, unknown>): Record<string, unknown> {
  return message;
}
