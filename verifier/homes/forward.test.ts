import fc from 'fast-check';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../protocol/clock.js';
import { installProblems } from '../edge/problem.js';
import { MemoryState } from '../state/memory.js';
import { answerAtHome } from './forward.js';
import { HopSeal, hopHeader } from './hop.js';
import { FleetMember, silent } from './testing/homes-hall.js';

const a = 'a'.repeat(64);
const secrets = { derive: () => new Uint8Array(32).fill(7) };
const clock = { now: () => 1_000_000 };

interface Member {
  readonly fleet: FleetMember;
  readonly app: FastifyInstance;
  readonly url: string;
}

let shared: MemoryState;
let members: Member[];
beforeEach(() => {
  shared = new MemoryState(systemClock);
  members = [];
});
afterEach(async () => {
  for (const { app, fleet } of members) {
    await app.close();
    await fleet.close();
  }
});

/** A verifier whose one route says who answered what. */
async function open(): Promise<Member> {
  const app = Fastify() as unknown as FastifyInstance;
  installProblems(app);
  const fleet = await FleetMember.open(shared);
  answerAtHome(app, { homes: fleet.homes, secrets, clock: systemClock, log: silent });
  const config = { home: (request: { params: unknown }) => (request.params as { id: string }).id };
  app.all('/v1/devices/:id', { config }, async (request, reply) => {
    const { hop, body, query, method, headers } = request;
    const { authorization } = headers;
    return reply.code(201).send({ by: fleet.homes.self, hop, body, query, method, authorization });
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  await fleet.homes.join(url);
  const member = { fleet, app, url };
  members.push(member);
  return member;
}

const ask = async (member: Member, init: RequestInit = {}) => {
  const reply = await fetch(`${member.url}/v1/devices/${a}?x=1`, init);
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
};

describe('a request that acts on a device', () => {
  it('is answered by its home, with all that the client sent, whoever was asked', async () => {
    const [one, two] = [await open(), await open()];
    await one.fleet.connect(a);
    const headers = { authorization: 'Bearer x', 'content-type': 'application/json' };
    const { status, body } = await ask(two, { method: 'PATCH', body: '{"y":[2]}', headers });
    expect(status).toBe(201);
    expect(body).toEqual({
      by: one.fleet.homes.self,
      hop: { from: two.fleet.homes.self, address: '127.0.0.1' },
      body: { y: [2] },
      query: { x: '1' },
      method: 'PATCH',
      authorization: 'Bearer x',
    });
    expect((await ask(one)).body).toMatchObject({ by: one.fleet.homes.self, hop: null });
  });

  it('makes the verifier that was asked the home where there is none', async () => {
    const [one, two] = [await open(), await open()];
    expect((await ask(two)).body).toMatchObject({ by: two.fleet.homes.self, hop: null });
    expect(two.fleet.homes.isHere(a)).toBe(true);
    expect((await ask(one)).body).toMatchObject({ by: two.fleet.homes.self });
  });

  it('is to be sent again where the home does not answer, or is no home any more', async () => {
    const [one, two] = [await open(), await open()];
    await one.fleet.connect(a);
    await one.app.close();
    expect(await ask(two)).toMatchObject({ status: 503, body: { code: 'session.moving' } });
    members.shift();
    await one.fleet.close();
  });

  it('is never passed on twice', async () => {
    const [one, two] = [await open(), await open()];
    await one.fleet.connect(a);
    const path = `/v1/devices/${a}?x=1`;
    const seal = new HopSeal(secrets, systemClock);
    const hop = seal.seal(
      { from: 've_3', address: '::1' },
      { method: 'GET', path, to: two.fleet.homes.self },
    );
    const answer = await ask(two, { headers: { [hopHeader]: hop } });
    expect(answer).toMatchObject({ status: 503, body: { code: 'session.moving' } });
  });
});

describe('the seal of a hop', () => {
  const seal = new HopSeal(secrets, clock);
  const request = { method: 'GET', path: '/a', to: 've_2' };
  const hop = { from: 've_1', address: '203.0.113.9' };

  it('is believed for its own request, from its own fleet, for a while', () => {
    const header = seal.seal(hop, request);
    expect(seal.open(header, request)).toEqual(hop);
    expect(seal.open(header, { ...request, path: '/b' })).toBeNull();
    expect(seal.open(header, { ...request, method: 'POST' })).toBeNull();
    expect(seal.open(header, { ...request, to: 've_3' })).toBeNull();
    expect(new HopSeal(secrets, { now: () => 1_000_000 + 61_000 }).open(header, request)).toBeNull();
    const others = new HopSeal({ derive: () => new Uint8Array(32).fill(8) }, clock);
    expect(others.open(header, request)).toBeNull();
  });

  it('is nothing else, whatever it is, and never throws', () => {
    const header = seal.seal(hop, request);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((more) => header + more),
        ),
        (text) => {
          if (text !== header) expect(seal.open(text, request)).toBeNull();
        },
      ),
    );
  });
});
