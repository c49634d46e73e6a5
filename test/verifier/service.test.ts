import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawAgent } from './testing/raw-agent.js';
import { openVerifier } from './testing/verifier.js';

let verifier: Awaited<ReturnType<typeof openVerifier>>;
beforeAll(async () => {
  verifier = await openVerifier({ requestsPerMinute: 50 });
});
afterAll(() => verifier.close());
const get = (path: string) => fetch(`${verifier.url}${path}`);

describe('the service', () => {
  it('serves the OpenAPI document that is committed (npm run docs:openapi writes it)', async () => {
    const committed: unknown = JSON.parse(readFileSync('docs/openapi.json', 'utf8'));
    expect(await (await get('/openapi.json')).json()).toEqual(committed);
  });

  it('says that it lives and that it is ready', async () => {
    expect(await (await get('/healthz')).json()).toEqual({ status: 'alive' });
    expect(await (await get('/readyz')).json()).toMatchObject({ status: 'ready', clickhouse: true });
  });

  it('counts what an operator asks for', async () => {
    const agent = new RawAgent(verifier.url);
    await agent.enrol();
    const socket = await agent.connect();
    await socket.refusal('junk');
    const metrics = await (await get('/metrics')).text();
    expect(metrics).toContain('touchstone_agents_connected 1');
    expect(metrics).toContain('touchstone_messages_refused_total{code="message.malformed"} 1');
    expect(metrics).toMatch(/touchstone_journal_lag_bytes \d+/);
  });

  it('answers what it does not serve, and what is no device id, with a problem document', async () => {
    const cases: [string, number, string][] = [
      ['/v1/nothing', 404, 'request.not-found'],
      ['/v1/devices/xyz', 400, 'request.invalid'],
      [`/v1/devices/${'0'.repeat(64)}`, 404, 'device.unknown'],
      [`/v1/devices/${'0'.repeat(64)}/explain`, 404, 'device.unknown'],
    ];
    for (const [path, status, code] of cases) {
      const response = await get(path);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
      expect(await response.json()).toMatchObject({ status, code, fix: expect.any(String) });
    }
  });

  it('says which values there are where a request has another one', async () => {
    const problem = await (await get('/v1/changes?from=yesterday')).json();
    expect(problem).toMatchObject({ detail: expect.stringContaining('now, beginning') });
  });

  it('slows down an address that asks too much, and says for how long', async () => {
    const path = `/v1/devices/${'0'.repeat(64)}`;
    let response = await get(path);
    for (let i = 0; i < 60 && response.status === 404; i += 1) response = await get(path);
    expect(response.status).toBe(429);
    expect(await response.json()).toMatchObject({ code: 'request.too-many' });
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    // Who watches over the service is not slowed down.
    expect((await get('/healthz')).status).toBe(200);
  });
});
