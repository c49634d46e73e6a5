import nacl from 'tweetnacl';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../protocol/bytes.js';
import type { VerifierMessage } from '../../protocol/messages/wire.js';
import { isSignedBy, signingBytes } from '../../protocol/signing.js';
import { nextTag } from '../../protocol/transcript.js';
import { identityOf } from '../identity.js';
import { probeOpen, probeWalk, tableBuild } from '../testing/asked-runner.js';
import { ReferenceProver, tinyShape } from '../testing/reference-prover.js';
import { TestVerifier } from '../testing/test-verifier.js';
import type { SupplierEvent } from './events.js';
import { runSupplier, type SupplierOptions } from './supplier.js';

const exam = `ex_${'1'.repeat(32)}`;
const arm: VerifierMessage = {
  type: 'exam.arm',
  exam,
  attempt: 1,
  cards: [{ card: 0, part: 'compute', withinMs: 5000, shape: tinyShape }],
};
const go: VerifierMessage = {
  type: 'exam.go',
  exam,
  cards: [{ card: 0, part: 'compute', seed: '0a'.repeat(32), withinMs: 5000 }],
};
const open: VerifierMessage = {
  type: 'exam.open',
  exam,
  card: 0,
  part: 'compute',
  withinMs: 5000,
  openings: [{ round: 0, page: 1 }],
};
const error = (code: string): VerifierMessage => ({ type: 'error', code, title: 't', detail: 'd', fix: 'f' });

let verifier: TestVerifier;
let url: URL;
const stops: AbortController[] = [];
beforeEach(async () => {
  verifier = new TestVerifier();
  url = await verifier.listen();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) stop.abort();
  await verifier.close();
});

const quick = { baseMs: 2, capMs: 50, stableMs: 60_000, supersededMs: 60_000 };

function start(options: Partial<SupplierOptions> = {}, secret = 7) {
  const events: SupplierEvent[] = [];
  const stop = new AbortController();
  stops.push(stop);
  const identity = identityOf(new Uint8Array(32).fill(secret));
  const prover = new ReferenceProver();
  const ended = runSupplier({
    verifier: url,
    identity,
    name: 'test',
    cards: [{ claim: { kind: 'cpu', model: 'Test', memoryBytes: 1, engine: 'reference' }, prover }],
    signal: stop.signal,
    events: (event) => events.push(event),
    backoff: quick,
    random: () => 1 - Number.EPSILON,
    ...options,
  });
  const waits = (): number[] =>
    events.flatMap((event) => (event.type === 'connection.waiting' ? [event.retryInMs] : []));
  return { events, stop, ended, identity, prover, waits };
}

const connections = (count: number) =>
  expect.poll(() => verifier.connections.length).toBeGreaterThanOrEqual(count);
const answers = (at: number, count: number) =>
  expect.poll(() => verifier.connections[at]?.messages.length).toBe(count);

describe('supplier', () => {
  it('says which wallet is to earn, signed like all else, and nothing of one where it was told of none', async () => {
    const wallet = 'So11111111111111111111111111111111111111112';
    const { identity } = start({ wallet });
    start({}, 8);
    await connections(2);
    const enrolments = verifier.requests.filter(({ route }) => route === 'POST /v1/devices');
    expect(enrolments).toHaveLength(2);
    for (const { body } of enrolments) {
      const { signature, ...fields } = body;
      expect(isSignedBy(String(fields.device), 'enrol', fields, String(signature))).toBe(true);
      expect(fields.wallet).toBe(fields.device === identity.device ? wallet : undefined);
    }
  });

  it('enrols, opens a session and connects with its token, everything signed for this host', async () => {
    const { identity } = start();
    await connections(1);
    expect(verifier.requests.map(({ route }) => route)).toEqual([
      'POST /v1/nonces',
      'POST /v1/devices',
      'POST /v1/nonces',
      'POST /v1/sessions',
    ]);
    for (const [at, purpose] of [
      [1, 'enrol'],
      [3, 'session'],
    ] as const) {
      const { signature, ...fields } = verifier.requests[at]?.body ?? {};
      expect(fields.host).toBe(url.host);
      expect(fields.device).toBe(identity.device);
      const bytes = signingBytes(purpose, fields);
      const key = fromHex(identity.device);
      expect(nacl.sign.detached.verify(bytes, fromHex(String(signature)), key)).toBe(true);
    }
    expect(verifier.connections[0]?.token).toMatch(/^se_/);
  });

  it('does not tell of work that fails because it was stopped', async () => {
    let fail = (_: Error): void => {};
    const { prover, events, stop, ended } = start();
    prover.gate = new Promise((_, reject) => {
      fail = reject;
    });
    await connections(1);
    for (const message of [arm, go]) verifier.connections[0]?.send(message);
    await expect.poll(() => prover.calls).toContain('commit');
    stop.abort();
    fail(new Error('killed'));
    await ended;
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(events.map(({ type }) => type)).not.toContain('exam.declined');
  });

  it('answers an exam over the wire', async () => {
    start();
    await connections(1);
    for (const [at, message] of [arm, go, open].entries()) {
      verifier.connections[0]?.send(message);
      await answers(0, at + 1);
    }
    expect(verifier.connections[0]?.messages.map(({ type }) => type)).toEqual([
      'exam.ready',
      'exam.commit',
      'exam.reveal',
    ]);
  });

  it('answers probes over the wire, signed, with the load of the card', async () => {
    const claim = { kind: 'cpu', model: 'Test', memoryBytes: 1, engine: 'reference' } as const;
    const { identity } = start({
      cards: [{ claim, prover: new ReferenceProver(), load: async () => 0.5 }],
    });
    await connections(1);
    for (const [at, message] of [tableBuild('d'), probeWalk('e', 'd'), probeOpen('e')].entries()) {
      verifier.connections[0]?.send(message);
      await answers(0, at + 1);
    }
    const [ready, commit, reveal] = verifier.connections[0]?.messages ?? [];
    if (commit?.type !== 'probe.commit' || reveal?.type !== 'probe.reveal') throw new Error('other answers');
    expect([ready?.type, reveal.load]).toEqual(['table.ready', 0.5]);
    const { previous, transcript, index } = probeWalk('e', 'd');
    const tag = toHex(nextTag(fromHex(previous), index, fromHex(commit.roots[0] ?? '')));
    const signed = { device: identity.device, card: 0, transcript, index, tag };
    expect(isSignedBy(identity.device, 'transcript', signed, reveal.signature)).toBe(true);
  });

  it('opens after a reconnection what it committed before', async () => {
    const { prover } = start();
    await connections(1);
    verifier.connections[0]?.send(arm);
    await answers(0, 1);
    verifier.connections[0]?.send(go);
    await answers(0, 2);
    verifier.connections[0]?.socket.terminate();
    await connections(2);
    verifier.connections[1]?.send(open);
    await answers(1, 1);
    expect(verifier.connections[1]?.messages[0]?.type).toBe('exam.reveal');
    expect(prover.calls).toEqual(['arm', 'commit', 'reveal']);
  });

  it('reconnects with the same session, waiting longer each time up to the cap', async () => {
    verifier.onConnection = ({ socket }) => socket.terminate();
    const { waits } = start();
    await connections(8);
    expect(waits().slice(0, 7)).toEqual([2, 4, 8, 16, 32, 50, 50]);
    expect(verifier.count('POST /v1/devices')).toBe(1);
    expect(verifier.count('POST /v1/sessions')).toBe(1);
  });

  it('opens each line with the session that the line before has brought', async () => {
    const next = `se_${'7'.repeat(64)}`;
    verifier.onConnection = (connection) => {
      if (verifier.connections.length === 1) connection.send({ type: 'session', token: next });
      connection.socket.close();
    };
    start();
    await connections(3);
    expect(verifier.connections[0]?.token).not.toBe(next);
    expect(verifier.connections.slice(1, 3).map(({ token }) => token)).toEqual([next, next]);
    expect(verifier.count('POST /v1/sessions')).toBe(1);
  });

  it('starts with a short wait again after a stable connection', async () => {
    verifier.onConnection = ({ socket }) => socket.terminate();
    const { waits } = start({ backoff: { ...quick, stableMs: 0 } });
    await connections(4);
    expect(waits().slice(0, 3)).toEqual([2, 2, 2]);
  });

  it('waits for a verifier that is not there', async () => {
    await verifier.close();
    const { events, waits } = start();
    await expect.poll(() => waits().length).toBeGreaterThan(2);
    expect(events[0]).toMatchObject({ type: 'connection.waiting', code: 'agent.verifier-unreachable' });
  });

  it('opens a new session when its own has expired', async () => {
    start();
    await connections(1);
    verifier.refusals.set('GET /v1/agent', { status: 401, code: 'session.invalid' });
    verifier.connections[0]?.socket.terminate();
    await expect.poll(() => verifier.count('POST /v1/sessions')).toBeGreaterThan(1);
    verifier.refusals.clear();
    await connections(2);
    expect(verifier.connections[1]?.token).not.toBe(verifier.connections[0]?.token);
    expect(verifier.count('POST /v1/devices')).toBe(1);
  });

  it('is back soon after a restart of the verifier that forgot its session', async () => {
    verifier.onConnection = ({ socket }) => socket.terminate();
    const { waits } = start();
    await connections(4);
    verifier.refusals.set('GET /v1/agent', { status: 401, code: 'session.invalid' });
    const before = waits().length;
    await expect.poll(() => waits().length).toBeGreaterThan(before + 4);
    const after = waits().slice(before);
    const restart = after.indexOf(2);
    expect(restart).toBeLessThan(2);
    expect(after.slice(restart, restart + 3)).toEqual([2, 4, 8]);
  });

  it('enrols again where the verifier has forgotten it', async () => {
    verifier.refusals.set('POST /v1/sessions', { status: 404, code: 'device.unknown' });
    start();
    await expect.poll(() => verifier.count('POST /v1/devices')).toBeGreaterThan(1);
    verifier.refusals.clear();
    await connections(1);
  });

  it('waits at least as long as a busy verifier asks', async () => {
    const refusal = { status: 503, code: 'service.busy', headers: { 'retry-after': '120' } };
    verifier.refusals.set('POST /v1/nonces', refusal);
    const { waits } = start();
    await expect.poll(() => waits()).toEqual([120_002]);
  });

  it('tries again soon, each time, with the session that it has, while verifiers hand it over', async () => {
    const { waits } = start();
    await connections(1);
    verifier.refusals.set('GET /v1/agent', { status: 503, code: 'session.moving' });
    verifier.connections[0]?.socket.terminate();
    await expect.poll(() => waits().length).toBeGreaterThan(4);
    // The first for the broken line, the others for the refusal: never more than a first wait.
    expect(waits().slice(0, 5)).toEqual([2, 2, 2, 2, 2]);
    expect(verifier.count('POST /v1/sessions')).toBe(1);
  });

  it('does not fight for its connection with another agent of the same key', async () => {
    verifier.onConnection = (connection) => {
      connection.send(error('session.superseded'));
      connection.socket.close(1008, 'session.superseded');
    };
    const { waits, events } = start();
    await expect.poll(() => waits()).toEqual([60_002]);
    expect(events.at(-1)).toMatchObject({ code: 'session.superseded' });
  });

  it('is not turned away by the refusal of a single message', async () => {
    verifier.onConnection = (connection) => connection.send(error('exam.out-of-order'));
    const { waits, events } = start();
    await connections(1);
    verifier.connections[0]?.socket.terminate();
    await expect.poll(() => waits()).toEqual([2]);
    const wait = events.find((event) => event.type === 'connection.waiting');
    expect(wait).toMatchObject({ code: 'agent.verifier-unreachable' });
  });

  it.each([
    ['POST /v1/devices', 'device.retired', 403],
    ['POST /v1/devices', 'cards.too-many', 422],
    ['POST /v1/sessions', 'signature.invalid', 401],
    ['GET /v1/agent', 'device.retired', 403],
  ])('stops for good where %s says %s', async (route, code, status) => {
    verifier.refusals.set(route, { status, code });
    await expect(start().ended).rejects.toMatchObject({ code });
  });

  it('ignores messages that it does not know and frames that are none', async () => {
    const { events } = start();
    await connections(1);
    for (const frame of [
      { type: 'exam.dance', token: 'a secret' },
      'not json',
      { ...arm, exam: 'ex_1' },
      '[]',
    ])
      verifier.connections[0]?.send(frame);
    verifier.connections[0]?.socket.send(Buffer.from([1, 2, 3]));
    verifier.connections[0]?.send(arm);
    await answers(0, 1);
    const ignored = events.filter(({ type }) => type === 'connection.ignored');
    expect(ignored).toHaveLength(5);
    expect(ignored[0]).toMatchObject({ message: 'exam.dance' });
    expect(JSON.stringify(ignored)).not.toContain('secret');
    expect(verifier.connections).toHaveLength(1);
  });

  it('ends when it is told to, connected or waiting', async () => {
    const connected = start();
    await connections(1);
    connected.stop.abort();
    await connected.ended;
    verifier.refusals.set('POST /v1/nonces', {
      status: 503,
      code: 'service.busy',
      headers: { 'retry-after': '99' },
    });
    const waiting = start();
    await expect.poll(() => waiting.waits().length).toBe(1);
    waiting.stop.abort();
    await waiting.ended;
  });

  it('runs many devices in one process, each with its own connection', async () => {
    const all = [1, 2, 3].map((secret) => start({}, secret));
    await connections(3);
    expect(verifier.connections).toHaveLength(3);
    for (const connection of verifier.connections) connection.send(arm);
    for (const at of [0, 1, 2]) await answers(at, 1);
    expect(new Set(verifier.connections.map(({ token }) => token)).size).toBe(3);
    expect(all.map(({ prover }) => prover.calls)).toEqual([['arm'], ['arm'], ['arm']]);
  });
});
