import { afterEach, describe, expect, it } from 'vitest';
import { EdgeHall } from './testing/edge-hall.js';

let hall: EdgeHall;
afterEach(() => hall.close());
const shed = async () => {
  const text = await hall.metrics.metrics();
  return text.split('\n').filter((line) => line.startsWith('touchstone_requests_shed_total{'));
};

describe('a verifier with too much to do', () => {
  it('sends newcomers away while proofs wait, counts them, and says when to come again', async () => {
    let waiting = 10_000;
    hall = await EdgeHall.open({ proofs: () => waiting });
    const response = await hall.get('/v1/devices', { method: 'POST' });
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await response.json()).toMatchObject({ code: 'service.busy' });
    expect((await hall.get('/hello')).status).toBe(200);
    expect((await hall.get('/hello', { method: 'POST' })).status).toBe(200);
    expect(await shed()).toEqual(['touchstone_requests_shed_total{why="proofs",asker="newcomer"} 1']);
    waiting = 0;
    expect((await hall.get('/v1/devices', { method: 'POST' })).status).toBe(200);
  });

  it('does not write down whom it sends away: the log would be the next to be flooded', async () => {
    hall = await EdgeHall.open({ journalBytes: () => Number.MAX_SAFE_INTEGER });
    for (let i = 0; i < 20; i += 1) await hall.get('/v1/devices', { method: 'POST' });
    expect(hall.logged.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
  });

  it('counts requests that wait, once each, and none that is over, was aborted or has no end', async () => {
    const waiting: (() => void)[] = [];
    const hold = () => new Promise<object>((resolve) => waiting.push(() => resolve({})));
    hall = await EdgeHall.open({
      routes(app) {
        app.get('/slow', hold);
        app.get('/feed', { config: { lasting: true } }, hold);
      },
    });
    const requests = async () =>
      Number(/^touchstone_requests_waiting (\d+)/m.exec(await hall.metrics.metrics())?.[1]);
    const away = new AbortController();
    const aborted = hall.get('/slow', { signal: away.signal }).catch(() => null);
    const answered = [hall.get('/slow'), hall.get('/slow'), hall.get('/feed')];
    await expect.poll(requests).toBe(3);
    away.abort();
    await aborted;
    await expect.poll(requests).toBe(2);
    for (const answer of waiting) answer();
    await Promise.all(answered);
    await expect.poll(requests).toBe(0);
  });
});
