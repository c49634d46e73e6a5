import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { deviceId, exam } from '../../scoring/testing/facts.js';
import { changeOf } from './change.js';
import { EventStream, type StreamTimes } from './event-stream.js';

const server = createServer();
let client: Socket;
afterEach(async () => {
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
});

/** A stream to a client that reads nothing until it is told to. */
async function openStream(times: Partial<StreamTimes>, cut: () => void = () => {}) {
  server.removeAllListeners('request');
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => {});
  client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  const [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
  return new EventStream(response, {}, cut, { quietMs: 60_000, stuckMs: 60_000, ...times });
}

const change = changeOf(exam(deviceId('one'), Date.UTC(2026, 2, 1)), []);

describe('a stream of events', () => {
  it('is cut off where its reader takes nothing', async () => {
    let cuts = 0;
    const stream = await openStream({ stuckMs: 50 }, () => {
      cuts += 1;
    });
    client.pause();
    // What the buffers on the way hold is taken, whoever reads it.
    for (let i = 0; i < 100_000 && !stream.gone.aborted; i++) await stream.change(change, 'cursor');
    expect(stream.gone.aborted).toBe(true);
    expect(cuts).toBe(1);
  });

  it('waits for a reader who is only slow', async () => {
    let cuts = 0;
    const stream = await openStream({}, () => {
      cuts += 1;
    });
    let read = 0;
    client.on('data', (bytes) => {
      read += bytes.length;
      client.pause();
      setImmediate(() => client.resume());
    });
    for (let i = 0; i < 5_000; i++) await stream.change(change, 'cursor');
    await expect.poll(() => read).toBeGreaterThan(5_000 * JSON.stringify(change).length);
    expect(cuts).toBe(0);
    stream.close();
  });

  it('tells where its reader is where there is nothing else to say, and that it lives', async () => {
    const stream = await openStream({ quietMs: 20 });
    let text = '';
    client.on('data', (bytes) => {
      text += bytes;
    });
    stream.passed('place-7');
    await expect.poll(() => text).toContain('id: place-7\nevent: place\n');
    await expect.poll(() => text).toContain(': alive\n\n');
    stream.close();
  });
});
