import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RedisState } from '../state/redis.js';
import { RedisServer } from '../state/testing/redis-server.js';
import { FleetMember, quickTimes } from './testing/homes-hall.js';
import type { HomeTimes } from './times.js';

const device = (digit: string): string => digit.repeat(64);
const [a, b] = [device('a'), device('b')];

let server: RedisServer;
let states: RedisState[];
let members: FleetMember[];
beforeAll(async () => {
  server = await RedisServer.start();
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.flush();
  [states, members] = [[], []];
});
afterEach(async () => {
  for (const member of members) await member.close();
  for (const state of states) await state.close();
});

/** One that still has to join. */
async function open(times: HomeTimes): Promise<FleetMember> {
  const state = new RedisState(server.url);
  states.push(state);
  const member = await FleetMember.open(state, 1, times);
  members.push(member);
  return member;
}

async function join(times = quickTimes): Promise<FleetMember> {
  const member = await open(times);
  await member.homes.join(`http://${member.homes.self}`);
  return member;
}

describe('homes on a real Redis', () => {
  it('move by being asked, over its channels', async () => {
    const [one, two] = [await join(), await join()];
    for (let i = 0; i < 5; i += 1) {
      await two.connect(a);
      expect([one.homes.isHere(a), two.homes.isHere(a)]).toEqual([false, true]);
      await one.connect(a);
      expect([one.homes.isHere(a), two.homes.isHere(a)]).toEqual([true, false]);
    }
  });

  it('lapse when Redis is flushed, and stand again for all lines that live', async () => {
    const [one, two] = [await join(), await join()];
    await one.connect(a);
    await two.connect(b);
    await server.flush();
    await expect
      .poll(() => one.told)
      .toEqual([`arrive ${a}`, `connected ${a}`, `lapse ${a}`, `arrive ${a}`, `connected ${a}`]);
    await expect.poll(() => two.told).toContain(`lapse ${b}`);
    await expect.poll(() => two.homes.isHere(b)).toBe(true);
    expect(await one.homes.homeOf(b)).toMatchObject({ verifier: two.homes.self });
    expect([...one.closed, ...two.closed]).toEqual([]);
  });

  it('are nobody else’s right after a flush, before the verifier that had them has seen it', async () => {
    const [one, two] = [await join(), await join()];
    await one.connect(a);
    await server.flush();
    // Whoever sees it first refuses newcomers for a while: the other may still act for them.
    const taken = await two.homes.take(a).then(
      () => 'taken',
      (error: { code: string }) => error.code,
    );
    expect(['session.moving', 'taken']).toContain(taken);
    if (taken === 'taken') expect(one.homes.isHere(a)).toBe(false);
    await expect.poll(() => [one.homes.isHere(a), two.homes.isHere(a)].filter(Boolean).length).toBe(1);
  });

  it('are nobody else’s for one that starts right after a flush, and knows of no loss', async () => {
    // So slow to look that it certainly has not seen the flush.
    const slow = { ...quickTimes, renewMs: 1_000 };
    const one = await join(slow);
    await one.connect(a);
    const two = await open(quickTimes);
    two.devicesOnRecord = 1;
    await server.flush();
    await two.homes.join(`http://${two.homes.self}`);
    const admitted = two.homes.take(a).then(() => one.homes.isHere(a));
    await expect(admitted).rejects.toMatchObject({ code: 'session.moving' });
    await expect.poll(() => one.told).toContain(`lapse ${a}`);
    await expect.poll(() => one.homes.isHere(a)).toBe(true);
    expect(two.homes.isHere(a)).toBe(false);
  });

  it('lapse while Redis is away, and stand again when a new one is there, with what was not told yet', async () => {
    const [one, two] = [await join(), await join()];
    await one.connect(a);
    one.shipped = 0;
    const before = await one.record(a);
    await expect.poll(() => two.applied).toEqual([before.id]);
    await server.kill();
    await expect.poll(() => one.told).toContain(`lapse ${a}`);
    expect(one.homes.isHere(a)).toBe(false);
    const meanwhile = await one.record(a);
    await server.start();
    await expect.poll(() => one.homes.isHere(a)).toBe(true);
    await expect.poll(() => two.applied).toContain(meanwhile.id);
    // What was lost with the old one may have been missed: the record is read again.
    expect(two.reloads).toBeGreaterThan(0);
  });
});
