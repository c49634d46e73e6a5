import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { limits } from '../../protocol/limits.js';
import { EdgeHall, type EdgeHallOptions } from './testing/edge-hall.js';

let hall: EdgeHall;
afterEach(() => hall.close());
const open = async (options?: EdgeHallOptions) => {
  hall = await EdgeHall.open(options);
};

const quick = { headersMs: 200, requestMs: 400, handlerMs: 300, idleMs: 1_000 };

describe('a connection that takes its time', () => {
  it('is ended when it says nothing', async () => {
    await open({ times: quick });
    const { all } = hall.raw();
    expect(await all).toContain('request.timeout');
  });

  it('is ended when its headers come too slowly', async () => {
    await open({ times: quick });
    const { socket, all } = hall.raw();
    socket.write('GET /hello HTTP/1.1\r\nhost: x\r\nx-one: 1\r\n');
    expect(await all).toContain('request.timeout');
  });

  it('is ended when its body never comes', async () => {
    await open({ times: quick });
    const { socket, all } = hall.raw();
    socket.write(
      'POST /hello HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{',
    );
    expect(await all).toContain('request.timeout');
  });

  it('is ended when it stays open without a request', async () => {
    await open({ times: { ...quick, idleMs: 300 } });
    const { socket, all } = hall.raw();
    socket.write('GET /hello HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(await all).toContain('hello');
  });

  it('gets "busy" when we have no answer in time', async () => {
    await open({
      times: quick,
      routes: (app) => app.get('/never', () => new Promise(() => {})),
    });
    const response = await hall.get('/never');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'service.busy' });
  });

  it('is left alone once it is a WebSocket', async () => {
    await open({ times: { headersMs: 50, requestMs: 50, handlerMs: 50, idleMs: 50 } });
    const socket = new WebSocket(`${hall.url.replace('http', 'ws')}/agent`);
    await once(socket, 'message');
    // What is waited for here is that nothing happens: any of the times above would have ended it.
    await sleep(300);
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.terminate();
  });
});

describe('a request that is larger than any honest one', () => {
  const codeOf = async (response: Response | Promise<Response>) => {
    const { status, headers } = await response;
    expect(headers.get('content-type')).toContain('application/problem+json');
    const { code } = (await (await response).json()) as { code: string };
    return `${status} ${code}`;
  };
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => [`x-${i}`, '1'] as [string, string]);

  it('is refused with the code of what is too large', async () => {
    await open();
    const a = 'a'.repeat(limits.urlLength);
    expect(await codeOf(hall.get(`/hello?${a}`))).toBe('414 request.url-too-long');
    expect(await codeOf(hall.get(`/hello?${'a&'.repeat(limits.queryParams)}`))).toBe(
      '414 request.url-too-long',
    );
    expect(await codeOf(hall.get('/hello', { headers: many(limits.headers + 1) }))).toBe(
      '431 request.headers-too-large',
    );
    const body = JSON.stringify({ a: 'a'.repeat(limits.bodyBytes) });
    const headers = { 'content-type': 'application/json' };
    expect(await codeOf(hall.get('/hello', { method: 'POST', headers, body }))).toBe('413 request.too-large');
    expect(await codeOf(hall.get(`/devices/${'a'.repeat(limits.paramLength + 1)}`))).toMatch(/^4/);
  });

  it('is refused before it is a request where its headers alone are too much', async () => {
    await open();
    const { socket, all } = hall.raw();
    socket.write(`GET /hello HTTP/1.1\r\nhost: x\r\nx-long: ${'a'.repeat(limits.headerBytes)}\r\n\r\n`);
    const answer = await all;
    expect(answer).toContain('HTTP/1.1 431');
    expect(answer).toContain('request.headers-too-large');
  });

  it('is refused where it is no HTTP, no path, or no JSON', async () => {
    await open();
    const { socket, all } = hall.raw();
    socket.write('\x16\x03\x01 hello\r\n\r\n');
    expect(await all).toContain('request.invalid');
    expect(await codeOf(hall.get('/devices/%zz'))).toBe('400 request.invalid');
    const plain = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'a' };
    expect(await codeOf(hall.get('/hello', plain))).toBe('400 request.invalid');
    const poison = {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"__proto__":{"a":1}}',
    };
    expect(await codeOf(hall.get('/hello', poison))).toBe('400 request.invalid');
  });

  it('may be as large as what is documented', async () => {
    await open();
    expect((await hall.get('/hello', { headers: many(limits.headers - 10) })).status).toBe(200);
    expect((await hall.get(`/hello?${'a=1&'.repeat(limits.queryParams - 1)}`)).status).toBe(200);
    expect((await hall.get(`/devices/${'a'.repeat(64)}`)).status).toBe(200);
  });
});

describe('a request whose target is a whole address', () => {
  it.each(['http://elsewhere.example/hello', 'HTTP://x/hello', 'x:/hello'])(
    'finds no route by %s: what looks at paths would not know it again',
    async (target) => {
      await open();
      const { socket, all } = hall.raw();
      socket.write(`GET ${target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
      expect(await all).toMatch(/^HTTP\/1.1 400 /);
      expect(await all).toContain('"code":"request.invalid"');
    },
  );
});

describe('a page of another site', () => {
  const from = (origin: string) => ({ headers: { origin } });
  const allowed = (response: Response) => response.headers.get('access-control-allow-origin');

  it('may read nothing by default', async () => {
    await open();
    expect(allowed(await hall.get('/hello', from('https://a.example')))).toBeNull();
    expect(allowed(await hall.get('/hello', { ...from('https://a.example'), method: 'OPTIONS' }))).toBeNull();
  });

  it('may read where its very origin is listed', async () => {
    await open({ corsOrigins: ['https://a.example'] });
    expect(allowed(await hall.get('/hello', from('https://a.example')))).toBe('https://a.example');
    for (const other of ['https://b.example', 'https://a.example.evil', 'http://a.example', 'null']) {
      expect(allowed(await hall.get('/hello', from(other))), other).toBeNull();
    }
    const answer = await hall.get('/hello', from('https://a.example'));
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
  });
});

it('gives a browser nothing to run, frame or keep, also with a refusal', async () => {
  await open();
  for (const path of ['/hello', '/nothing']) {
    const { headers } = await hall.get(path);
    expect(headers.get('content-security-policy')).toBe("default-src 'none';frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
  }
});

it('logs one line for each answer, by route, without what a stranger wrote', async () => {
  await open();
  await hall.get('/devices/blue-id?token=blue-token', { headers: { authorization: 'Bearer blue' } });
  await expect.poll(() => hall.logged.filter((line) => line.includes('"answered"')).length).toBe(1);
  expect(hall.logged.join('')).toContain('/devices/:id');
  expect(hall.logged.join('')).not.toContain('blue');
});
