import { afterEach, describe, expect, it } from 'vitest';
import { type AgentSocket, openSocket } from '../../agent/connection/socket.js';
import type { CardMessage } from '../../protocol/messages/exam.js';
import type { VerifierMessage } from '../../protocol/messages/wire.js';
import type { NetworkSettings } from '../../verifier/network/settings.js';
import { exam, Lines } from '../../verifier/network/testing/lines.js';
import { SlowLine } from './testing/slow-line.js';

const mebibyte = 1024 * 1024;
const decline: CardMessage = { type: 'exam.decline', exam, card: 0, part: 'compute', message: '' };
const status: VerifierMessage = { type: 'status', status: 'verified', reasons: [], nextExamInMs: null };

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open(settings: Partial<NetworkSettings> = {}): Promise<Lines> {
  const lines = await Lines.open({ roundTrips: 3, ...settings });
  ends.push(() => lines.close());
  return lines;
}

/** The agent's own connection, and what it did not understand. */
async function agent(lines: Lines, device: string, url = lines.url(device)) {
  const stop = new AbortController();
  const unknown: string[] = [];
  const messages: VerifierMessage[] = [];
  const socket: AgentSocket = openSocket({
    url,
    token: 'se_',
    onOpen: () => {},
    onMessage: (message) => messages.push(message),
    onUnknown: (excerpt) => unknown.push(excerpt),
    signal: stop.signal,
  });
  ends.push(() => {
    stop.abort();
    return socket.ended;
  });
  await lines.until(() => lines.hub.get(device) !== undefined);
  return { socket, unknown, messages, stop };
}

describe('the agent and the verifier', () => {
  it('measure a line both ways, every byte right', async () => {
    const lines = await open();
    const { unknown, messages } = await agent(lines, 'one');
    const fact = await lines.exams.measure('one', exam);
    expect(fact).toMatchObject({ downloadBytes: 4 * mebibyte, uploadBytes: 4 * mebibyte, roundTrips: 3 });
    expect(fact?.checks.map(({ code }) => code)).toEqual(Array(3).fill('network.measured'));
    expect([lines.refused, unknown, messages]).toEqual([[], [], []]);
  });

  it('measure it again on the same connection, and with sizes that nothing divides', async () => {
    const lines = await open({ transferBytes: 100_003, reportBytes: 7_001 });
    await agent(lines, 'one');
    for (let i = 0; i < 3; i += 1) {
      const fact = await lines.exams.measure('one', exam);
      expect(fact).toMatchObject({ downloadBytes: 100_003, uploadBytes: 100_003 });
    }
    expect(lines.refused).toEqual([]);
  });

  it('measure many at once, each as if it were alone', async () => {
    const lines = await open({ transferBytes: mebibyte });
    const names = Array.from({ length: 8 }, (_, i) => `d${i}`);
    for (const name of names) await agent(lines, name);
    const facts = await Promise.all(names.map((name) => lines.exams.measure(name, exam)));
    expect(facts.map((fact) => [fact?.downloadBytes, fact?.uploadBytes])).toEqual(
      Array(8).fill([mebibyte, mebibyte]),
    );
    expect(lines.refused).toEqual([]);
  });

  it('end a measurement without a fact when the agent stops in the middle', async () => {
    const lines = await open();
    const { stop } = await agent(lines, 'one');
    const measuring = lines.exams.measure('one', exam);
    lines.hub.send('one', status);
    stop.abort();
    expect(await measuring).toBeNull();
    expect(lines.skipped).toEqual(['gone']);
  });
});

describe('a slow line', () => {
  it('carries an exam’s answer between two frames of an upload, not behind it', async () => {
    const lines = await open({ transferBytes: 8 * mebibyte, transferMs: 1_500 });
    const slow = await SlowLine.open(Number(lines.url('one').port), 2 * mebibyte);
    ends.push(() => slow.close());
    const { socket } = await agent(lines, 'one', new URL(`ws://127.0.0.1:${slow.port}/one`));
    const measuring = lines.exams.measure('one', exam);
    await expect.poll(() => slow.carried).toBeGreaterThan(mebibyte);
    const before = slow.carried;
    socket.send(decline);
    await lines.until(() => lines.received.length > 0);
    expect(slow.carried - before).toBeLessThan(1.5 * mebibyte);
    const fact = await measuring;
    expect(fact?.downloadBytes).toBe(8 * mebibyte);
    expect(fact?.uploadBytes).toBeLessThan(8 * mebibyte);
    expect(fact?.uploadMbps).toBeGreaterThan(1);
    // What was still on the way is no offence, and the agent has stopped.
    await expect.poll(() => lines.received.length).toBe(1);
    expect(lines.refused).toEqual([]);
  });

  it('is quiet again when a measurement is over that ran out of time', async () => {
    const lines = await open({ transferBytes: 8 * mebibyte, transferMs: 1_500 });
    const slow = await SlowLine.open(Number(lines.url('one').port), 64 * 1024);
    ends.push(() => slow.close());
    const { socket } = await agent(lines, 'one', new URL(`ws://127.0.0.1:${slow.port}/one`));
    const fact = await lines.exams.measure('one', exam);
    expect(fact?.uploadBytes).toBeLessThan(mebibyte);
    const before = slow.carried;
    socket.send(decline);
    await lines.until(() => lines.received.length > 0);
    expect(slow.carried - before).toBeLessThan(4 * 1024);
    expect(lines.refused).toEqual([]);
  });
});
