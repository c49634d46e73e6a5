import { connect as connectTo } from 'node:net';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { TouchstoneError } from '../../protocol/error.js';
import { MemoryState } from '../state/memory.js';
import { limitConnections } from './connection-limit.js';
import { installLimits, type LimitName, perHour, perMinute } from './limits.js';
import { installProblems } from './problem.js';
import type { Role } from './route-config.js';

const clock = { at: 0, now: () => clock.at, monotonic: () => clock.at };

let app: FastifyInstance;
let refused: LimitName[];
let base: string;

beforeEach(async () => {
  refused = [];
  app = Fastify({ trustProxy: true });
  installProblems(app);
  await app.register(websocket);
  const options = { requestsPerMinute: 60, connectionsPerAddress: 3, proxies: 1 };
  const state = new MemoryState(clock);
  limitConnections(app, options);
  installLimits(app, { options, state, clock, refused: (name) => refused.push(name) });
  app.addHook('onRequest', async (request) => {
    const [role, id] = String(request.headers['x-caller'] ?? 'public/').split('/');
    request.caller = { role: role as Role, id: id ?? '' };
  });
  app.get('/', async () => 'open');
  app.get('/healthz', async () => 'alive');
  app.get('/rare', { config: { limits: { address: perHour(2) } } }, async () => 'rare');
  app.get('/dear', { config: { limits: { caller: perMinute(2) } } }, async () => 'dear');
  app.get('/refuses', async () => {
    throw new TouchstoneError('request.too-many', 'Enough.', { retryMs: 1500 });
  });
  app.get('/socket', { websocket: true }, (socket) => socket.send('welcome'));
  base = await app.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(() => app.close());

/** What so many requests one after the other are answered. */
async function statuses(count: number, url = '/', headers: Record<string, string> = {}) {
  const seen: number[] = [];
  for (let at = 0; at < count; at++) seen.push((await app.inject({ url, headers })).statusCode);
  return { passed: seen.filter((status) => status === 200).length, last: seen.at(-1) };
}

describe('the limit of an address', () => {
  it('lets a minute of requests through, then says to the second when the next one passes', async () => {
    expect(await statuses(70)).toEqual({ passed: 60, last: 429 });
    const reply = await app.inject('/');
    expect(reply.headers['retry-after']).toBe('1');
    expect(reply.headers['content-type']).toContain('application/problem+json');
    expect(reply.json()).toMatchObject({ code: 'request.too-many', status: 429 });
    expect(refused.every((name) => name === 'address')).toBe(true);
    clock.at += 1000;
    expect(await statuses(2)).toEqual({ passed: 1, last: 429 });
  });

  it('holds for what is not served, too: a flood of nothing is a flood', async () => {
    await statuses(60, '/nothing');
    expect(await statuses(1, '/nothing')).toEqual({ passed: 0, last: 429 });
    expect(await statuses(1)).toEqual({ passed: 0, last: 429 });
  });

  it('is none of another address, but of all of one line', async () => {
    await statuses(60, '/', { 'x-forwarded-for': '2001:db8::1' });
    expect(await statuses(1, '/', { 'x-forwarded-for': '2001:db8::2' })).toMatchObject({ last: 429 });
    expect(await statuses(1, '/', { 'x-forwarded-for': '2001:db8:0:1::2' })).toMatchObject({ last: 200 });
  });

  it('is sixteen times that for all lines of a network, whoever has one has 65,536 of them', async () => {
    const rareFrom = (line: number, network = 1) =>
      statuses(3, '/rare', { 'x-forwarded-for': `2001:db8:${network}:${line.toString(16)}::1` });
    for (let line = 0; line < 16; line++) expect((await rareFrom(line)).passed).toBe(2);
    expect(await rareFrom(16)).toEqual({ passed: 0, last: 429 });
    expect((await rareFrom(16, 2)).passed).toBe(2);
  });

  it('takes nothing from who watches over the service, nor the other way round', async () => {
    await statuses(61);
    expect(await statuses(60, '/healthz')).toEqual({ passed: 60, last: 200 });
    expect(await statuses(1, '/healthz')).toEqual({ passed: 0, last: 429 });
  });
});

describe('the limits of a route', () => {
  it('are apart from others, for each address', async () => {
    expect(await statuses(3, '/rare')).toEqual({ passed: 2, last: 429 });
    expect((await app.inject('/rare')).headers['retry-after']).toBe('1800');
    expect(refused).toContain('route');
    expect(await statuses(1)).toMatchObject({ last: 200 });
    expect(await statuses(1, '/rare', { 'x-forwarded-for': '192.0.2.1' })).toMatchObject({ last: 200 });
  });

  it('are for each caller, from wherever it asks', async () => {
    const from = (id: string, address: string) =>
      app.inject({ url: '/dear', headers: { 'x-caller': `marketplace/${id}`, 'x-forwarded-for': address } });
    expect((await from('a', '192.0.2.1')).statusCode).toBe(200);
    expect((await from('a', '192.0.2.2')).statusCode).toBe(200);
    expect((await from('a', '192.0.2.3')).statusCode).toBe(429);
    expect((await from('b', '192.0.2.3')).statusCode).toBe(200);
    expect(refused).toEqual(['caller']);
  });

  it.each(['device', 'wallet'])(
    'let a %s ask as much as an address may, from wherever it asks',
    async (role) => {
      let passed = 0;
      for (let at = 0; at < 70; at++) {
        const headers = { 'x-caller': `${role}/a`, 'x-forwarded-for': `192.0.2.${at}` };
        if ((await app.inject({ url: '/', headers })).statusCode === 200) passed += 1;
      }
      expect(passed).toBe(60);
    },
  );

  it('say when to come again also where a route itself refuses', async () => {
    const reply = await app.inject('/refuses');
    expect([reply.statusCode, reply.headers['retry-after']]).toEqual([429, '2']);
  });
});

describe('the limit of connections', () => {
  const connect = (address: string) =>
    new Promise<WebSocket | number>((resolve, reject) => {
      const socket = new WebSocket(`${base.replace('http', 'ws')}/socket`, {
        headers: { 'x-forwarded-for': address },
      });
      socket.once('message', () => resolve(socket));
      socket.once('unexpected-response', (_request, response) => {
        resolve(response.statusCode ?? 0);
        socket.terminate();
      });
      socket.on('error', reject);
    });

  it('counts those that live, of each address', async () => {
    const living = await Promise.all([1, 2, 3].map(() => connect('192.0.2.1')));
    expect(await connect('192.0.2.1')).toBe(429);
    const neighbour = await connect('192.0.2.2');
    expect(neighbour).toBeInstanceOf(WebSocket);
    (living[0] as WebSocket).terminate();
    // One that ended makes room as soon as we see its end.
    const next = await vi.waitFor(async () => {
      const socket = await connect('192.0.2.1');
      expect(socket).toBeInstanceOf(WebSocket);
      return socket;
    });
    for (const socket of [...living, neighbour, next]) (socket as WebSocket).terminate();
  });

  it('ends sockets beyond it before they ask, where no proxy stands in front', async () => {
    const direct = Fastify();
    limitConnections(direct, { connectionsPerAddress: 1, proxies: 0 });
    direct.get('/', async () => 'open');
    const url = new URL(await direct.listen({ port: 0, host: '127.0.0.1' }));
    const sockets = Array.from({ length: 110 }, () => connectTo(Number(url.port), '127.0.0.1'));
    for (const socket of sockets) socket.on('error', () => {});
    await vi.waitFor(() => expect(sockets.filter((socket) => socket.closed)).toHaveLength(8));
    for (const socket of sockets) socket.destroy();
    const open = () => new Promise((resolve) => direct.server.getConnections((_, count) => resolve(count)));
    await vi.waitFor(async () => expect(await open()).toBe(0));
    expect((await fetch(url)).status).toBe(200);
    await direct.close();
  });
});
