import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installProblems } from '../edge/problem.js';
import { limitRequestShape } from '../edge/request-shape.js';
import { watchWrites } from './watch-writes.js';
import type { WriteAttempt } from './write-alarm.js';

const device = 'ab'.repeat(32);
let app: FastifyInstance;
let counted: WriteAttempt[];
let hop: { from: string; address: string } | null;
let passedOn: boolean;
beforeEach(() => {
  counted = [];
  hop = null;
  passedOn = false;
  app = Fastify();
  installProblems(app);
  limitRequestShape(app);
  app.decorateRequest('hop', null);
  app.decorateRequest('passedOn', false);
  app.addHook('onRequest', async (request) => {
    request.hop = hop;
    request.passedOn = passedOn;
  });
  const alarm = { count: async (attempt: WriteAttempt) => void counted.push(attempt) };
  const callers = { identify: async () => ({ role: 'device', id: device }) as const };
  watchWrites(app, alarm, callers, new Uint8Array(32));
  app.post('/v1/devices', async (request) => {
    request.wrote = 'changed';
    return {};
  });
});
afterEach(() => app.close());

const post = async (url: string) =>
  (await app.inject({ method: 'POST', url, payload: { device } })).statusCode;

describe('what the alarm is told of', () => {
  it.each(['/v1/devices', '/v1/devices?x=%ff', '/v1/%64evices', '/%76%31/%64%65vices'])(
    'is a write by %s, which the router takes for the same door',
    async (url) => {
      expect(await post(url)).toBe(200);
      expect(counted).toMatchObject([{ outcome: 'changed', device }]);
    },
  );

  it.each([`/v1/devices/${device}`, `/v1/%64evices/${device}/name`, '/v1%2fdevices'])(
    'is a try at %s, where there is no door',
    async (url) => {
      expect(await post(url)).toBeGreaterThanOrEqual(400);
      expect(counted).toMatchObject([{ outcome: 'refused' }]);
    },
  );

  it('is counted once, where it was answered, under the address that it came from', async () => {
    passedOn = true;
    await post('/v1/devices');
    expect(counted).toEqual([]);
    passedOn = false;
    hop = { from: 've_1', address: '203.0.113.9' };
    await post('/v1/devices');
    hop = { from: 've_2', address: '203.0.113.9' };
    await post('/v1/devices');
    hop = null;
    await post('/v1/devices');
    const [one, two, own] = counted.map(({ address }) => address);
    expect(one).toBe(two);
    expect(own).not.toBe(one);
  });
});
