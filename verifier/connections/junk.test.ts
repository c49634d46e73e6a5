import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { limits } from '../../protocol/limits.js';
import { exam, Lines } from '../network/testing/lines.js';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function line(device = 'one'): Promise<{ lines: Lines; socket: WebSocket; codes: string[] }> {
  const lines = await Lines.open();
  ends.push(() => lines.close());
  const socket = new WebSocket(lines.url(device));
  ends.push(() => socket.terminate());
  const codes: string[] = [];
  socket.on('message', (data) => codes.push((JSON.parse(String(data)) as { code: string }).code));
  await once(socket, 'open');
  await lines.until(() => lines.hub.get(device) !== undefined);
  return { lines, socket, codes };
}

describe('a connection over which junk comes', () => {
  it('is told so each time, and is closed when nothing else comes', async () => {
    const { socket, codes } = await line();
    const closed = once(socket, 'close');
    for (let i = 0; i < limits.refusals + 20; i += 1) socket.send('junk');
    const [code, reason] = (await closed) as [number, Buffer];
    expect([code, String(reason)]).toEqual([1008, 'message.too-many']);
    expect(codes.filter((each) => each === 'message.malformed')).toHaveLength(limits.refusals);
    expect(codes.at(-1)).toBe('message.too-many');
  });

  it('stays open for a device that is late with every card of an exam, and then with every card again', async () => {
    const { lines, socket, codes } = await line();
    for (let i = 0; i < 2 * limits.cards; i += 1) socket.send('{"type":"exam.commit"}');
    socket.send(JSON.stringify({ type: 'exam.decline', exam, card: 0, part: 'compute', message: 'no' }));
    await lines.until(() => lines.received.length === 1);
    expect(codes.every((code) => code === 'message.invalid')).toBe(true);
    expect(socket.readyState).toBe(WebSocket.OPEN);
  });

  it('is cut off when it does not answer our goodbye, and nothing of it is looked at meanwhile', async () => {
    const { lines, socket } = await line();
    // Reads no more: our close never comes to it, and it goes on sending.
    socket.pause();
    for (let i = 0; i < 10 * limits.refusals; i += 1) socket.send('junk');
    await expect.poll(() => lines.hub.get('one')).toBeUndefined();
    expect(lines.refused.filter((code) => code === 'message.too-many')).toHaveLength(1);
    expect(lines.refused.length).toBeLessThanOrEqual(limits.refusals + 1);
  });
});
