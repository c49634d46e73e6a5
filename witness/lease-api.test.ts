import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LeaseApi } from './lease-api.js';

const lease = `le_${'5'.repeat(32)}`;
const token = `wt_${'7'.repeat(64)}`;
const heads = { lease, state: 'active', cards: [{ card: 0, index: 3, tag: 'ab'.repeat(32) }] };

let asked: { method: string; path: string; token: string; body: string }[];
let answer: { status: number; body: string };
const server = createServer(async (request: IncomingMessage, reply) => {
  let body = '';
  for await (const part of request) body += part;
  asked.push({
    method: request.method ?? '',
    path: request.url ?? '',
    token: request.headers.authorization ?? '',
    body,
  });
  reply.writeHead(answer.status, { 'content-type': 'application/json' });
  reply.end(answer.body);
});

let api: LeaseApi;
beforeEach(async () => {
  asked = [];
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/market`);
  api = new LeaseApi(url, lease, token, new AbortController().signal);
});
afterEach(() => server.close());

describe("a tenant's side of the API", () => {
  it('asks below the address of the verifier, with its token', async () => {
    answer = { status: 200, body: JSON.stringify(heads) };
    expect(await api.transcript()).toEqual(heads);
    expect(asked).toEqual([
      { method: 'GET', path: `/market/v1/leases/${lease}/transcript`, token: `Bearer ${token}`, body: '' },
    ]);
  });

  it('sends a statement as it was signed', async () => {
    answer = { status: 204, body: '' };
    const { card, index, tag } = heads.cards[0] as (typeof heads.cards)[0];
    const statement = {
      lease,
      at: 5,
      card,
      index,
      tag,
      load: null,
      key: 'cd'.repeat(32),
      signature: 'ef'.repeat(64),
    };
    await api.speak(statement);
    expect(asked[0]).toMatchObject({ method: 'POST', path: `/market/v1/leases/${lease}/witness` });
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual(statement);
  });

  it('gives the receipt letter for letter', async () => {
    answer = { status: 200, body: '{"figures": 0.10000000000000000001}' };
    expect(await api.receipt()).toBe(answer.body);
  });

  it('throws the code of a refusal, and another for what no verifier says', async () => {
    answer = { status: 401, body: '{"code":"access.denied","detail":"No."}' };
    await expect(api.transcript()).rejects.toMatchObject({ code: 'access.denied', message: 'No.' });
    answer = { status: 200, body: '<html>' };
    await expect(api.transcript()).rejects.toMatchObject({ code: 'agent.reply-invalid' });
  });
});
