import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { stream } from '../../challenges/stream.js';
import { fromHex } from '../../protocol/bytes.js';
import type { NetworkReceived } from '../../protocol/messages/network.js';
import { openSocket } from './socket.js';

const exam = `ex_${'1'.repeat(32)}`;
const mebibyte = 1024 * 1024;
const [seedA, seedB] = ['0a'.repeat(32), '0b'.repeat(32)];

let server: WebSocketServer;
let verifier: WebSocket;
let stop: AbortController;
let ended: Promise<unknown>;
let unknown: string[];
let frames: Buffer[];
let reports: NetworkReceived[];

beforeEach(async () => {
  [unknown, frames, reports] = [[], [], []];
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.once('listening', resolve));
  const connected = new Promise<WebSocket>((resolve) => server.once('connection', resolve));
  stop = new AbortController();
  const agent = openSocket({
    url: new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`),
    token: 'se_',
    onOpen: () => {},
    onMessage: () => {},
    onUnknown: (excerpt) => unknown.push(excerpt),
    signal: stop.signal,
  });
  ended = agent.ended;
  verifier = await connected;
  verifier.on('message', (data, binary) => {
    if (binary) frames.push(data as Buffer);
    else reports.push(JSON.parse(String(data)) as NetworkReceived);
  });
});
afterEach(async () => {
  stop.abort();
  await ended;
  await new Promise((resolve) => server.close(resolve));
});

const ask = (message: Record<string, unknown>) => verifier.send(JSON.stringify({ exam, ...message }));
const came = () => frames.reduce((sum, frame) => sum + frame.length, 0);

describe('a device in a network exam', () => {
  it('reports the hash of all that has come, after each part and at the end', async () => {
    ask({ type: 'network.download', bytes: 5000, reportBytes: 2048 });
    const bytes = stream(fromHex(seedA), 'download', 0, 5000);
    for (const [from, to] of [
      [0, 1000],
      [1000, 4999],
      [4999, 5000],
    ] as const)
      verifier.send(bytes.subarray(from, to));
    await expect.poll(() => reports.length).toBe(3);
    expect(reports).toEqual(
      [2048, 4096, 5000].map((mark) => ({
        type: 'network.received',
        exam,
        bytes: mark,
        sha256: createHash('sha256').update(bytes.subarray(0, mark)).digest('hex'),
      })),
    );
  });

  it('ignores bytes that were not announced', async () => {
    verifier.send(Buffer.alloc(10));
    ask({ type: 'network.download', bytes: 10, reportBytes: 1024 });
    verifier.send(Buffer.alloc(11));
    verifier.send(Buffer.alloc(10));
    verifier.send(Buffer.alloc(1));
    await expect.poll(() => unknown).toEqual(Array(3).fill('a binary frame'));
    expect(reports).toMatchObject([{ bytes: 10 }]);
  });

  it('sends exactly the bytes that follow from the seed', async () => {
    ask({ type: 'network.upload', seed: seedA, bytes: 300_001, withinMs: 60_000 });
    await expect.poll(came).toBe(300_001);
    expect(Buffer.concat(frames).equals(stream(fromHex(seedA), 'upload', 0, 300_001))).toBe(true);
  });

  it('stops sending when its time is over, or when another upload is asked for', async () => {
    verifier.pause();
    ask({ type: 'network.upload', seed: seedA, bytes: 8 * mebibyte, withinMs: 50 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    verifier.resume();
    ask({ type: 'network.upload', seed: seedA, bytes: 8 * mebibyte, withinMs: 60_000 });
    ask({ type: 'network.upload', seed: seedB, bytes: 10_000, withinMs: 60_000 });
    const last = Buffer.from(stream(fromHex(seedB), 'upload', 0, 10_000));
    await expect.poll(() => frames.at(-1)?.equals(last)).toBe(true);
    expect(came()).toBeLessThan(mebibyte);
    // Nothing comes after it.
    ask({ type: 'network.download', bytes: 1, reportBytes: 1024 });
    verifier.send(Buffer.alloc(1));
    await expect.poll(() => reports.length).toBe(1);
    expect(frames.at(-1)?.equals(last)).toBe(true);
  });
});
