import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { systemClock } from '../../protocol/clock.js';
import { EdgeHall } from './testing/edge-hall.js';

let hall: EdgeHall;
afterEach(() => hall.close());

const refusedUpgrade = async () => {
  const socket = new WebSocket(`${hall.url.replace('http', 'ws')}/agent`);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return {
    status: response.statusCode,
    after: response.headers['retry-after'],
    body: String(Buffer.concat(chunks)),
  };
};

function signal(): { readonly given: Promise<void>; give(): void } {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}

/** A drain of which a test says when what runs has ended. */
function draining({ underWay = 1, drainMs = 60_000 } = {}) {
  const said: string[] = [];
  const parts = {
    clock: systemClock,
    stopBeginning: () => void said.push('begin nothing'),
    underWay: () => parts.left,
    handOver: async () => void said.push(`hand over with ${parts.left} left`),
    drainMs,
    left: underWay,
  };
  return { parts, said, ended: hall.edge.drain.run(parts) };
}

describe('a verifier that is told to stop', () => {
  it('takes nothing new, says so to who balances, and still answers who watches', async () => {
    hall = await EdgeHall.open();
    const { parts, ended } = draining();
    for (const path of ['/hello', '/readyz']) {
      const response = await hall.get(path);
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('1');
      expect(await response.json()).toMatchObject({ code: 'service.draining' });
    }
    expect((await hall.get('/healthz')).status).toBe(200);
    const upgrade = await refusedUpgrade();
    expect(upgrade).toMatchObject({ status: 503, after: '1' });
    expect(upgrade.body).toContain('service.draining');
    parts.left = 0;
    expect(await ended).toBe(0);
  });

  it('keeps the lines that it has while what runs comes to its end', async () => {
    hall = await EdgeHall.open();
    const socket = new WebSocket(`${hall.url.replace('http', 'ws')}/agent`);
    await once(socket, 'message');
    const { parts, ended, said } = draining();
    await refusedUpgrade();
    expect(socket.readyState).toBe(WebSocket.OPEN);
    expect(said).toEqual(['begin nothing']);
    parts.left = 0;
    await ended;
    expect(said).toEqual(['begin nothing', 'hand over with 0 left']);
    socket.terminate();
  });

  it('waits no longer than it may, and then hands over all the same', async () => {
    hall = await EdgeHall.open();
    const { ended, said } = draining({ underWay: 3, drainMs: 1 });
    expect(await ended).toBe(3);
    expect(said).toEqual(['begin nothing', 'hand over with 3 left']);
  });

  it('waits for nothing where nothing runs', async () => {
    hall = await EdgeHall.open();
    expect(await draining({ underWay: 0, drainMs: 10 * 60_000 }).ended).toBe(0);
  });

  it('answers what came before', async () => {
    const [begun, answer] = [signal(), signal()];
    hall = await EdgeHall.open({
      routes: (app) =>
        app.get('/slow', async () => {
          begun.give();
          await answer.given;
          return { said: 'at last' };
        }),
    });
    const slow = hall.get('/slow');
    await begun.given;
    const { parts, ended } = draining();
    answer.give();
    expect(await (await slow).json()).toEqual({ said: 'at last' });
    parts.left = 0;
    await ended;
  });
});
