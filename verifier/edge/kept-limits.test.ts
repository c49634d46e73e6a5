import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import { MemoryState } from '../state/memory.js';
import { RedisState } from '../state/redis.js';
import { RedisServer } from '../state/testing/redis-server.js';
import { KeptLimits } from './kept-limits.js';

const limit = { burst: 3, everyMs: 1000 };

/** A state that counts what it is asked, and can go away. */
function hall() {
  const clock = { at: 0, now: () => clock.at, monotonic: () => clock.at };
  const state = new MemoryState(clock);
  const shared = { asked: 0, away: false };
  const spend: MemoryState['spend'] = async (...asked) => {
    shared.asked += 1;
    if (shared.away) throw new TouchstoneError('service.busy');
    return state.spend(...asked);
  };
  const limits = new KeptLimits({ spend }, clock);
  const spendMany = async (key: string, count: number) => {
    let allowed = 0;
    for (let at = 0; at < count; at++) if ((await limits.spend(key, limit)).allowed) allowed += 1;
    return allowed;
  };
  return { clock, shared, limits, spendMany, state };
}

describe('limits that all verifiers share', () => {
  it('are neither open nor closed while the hot state is away', async () => {
    const { shared, spendMany, clock } = hall();
    shared.away = true;
    expect(await spendMany('a', 10)).toBe(3);
    expect(await spendMany('b', 10)).toBe(3);
    clock.at += 1000;
    expect(await spendMany('a', 10)).toBe(1);
  });

  it('hold what others spent once it is back', async () => {
    const { shared, spendMany, state } = hall();
    await state.spend('a', limit, 3);
    shared.away = true;
    expect(await spendMany('b', 1)).toBe(1);
    shared.away = false;
    expect(await spendMany('a', 1)).toBe(0);
  });

  it('ask the hot state no more for whom it has refused, until his time is over to the millisecond', async () => {
    const { clock, shared, limits, spendMany } = hall();
    await spendMany('a', 4);
    const { asked } = shared;
    expect(await spendMany('a', 1000)).toBe(0);
    expect(shared.asked).toBe(asked);
    clock.at += 999;
    expect(await limits.spend('a', limit)).toEqual({ allowed: false, left: 0, retryMs: 1 });
    clock.at += 1;
    expect(await spendMany('a', 5)).toBe(1);
  });
});

it('limits of two verifiers are one while their redis is there, and one each while it is away', async () => {
  const server = await RedisServer.start();
  const states = [new RedisState(server.url), new RedisState(server.url)];
  const verifiers = states.map((state) => new KeptLimits(state, systemClock));
  const hourly = { burst: 4, everyMs: 3600_000 };
  const allowed = async (key: string) => {
    const spent = verifiers.flatMap((limits) => Array.from({ length: 6 }, () => limits.spend(key, hourly)));
    return (await Promise.all(spent)).filter((one) => one.allowed).length;
  };
  try {
    expect(await allowed('a')).toBe(4);
    await server.kill();
    expect(await allowed('b')).toBe(8);
    await server.start();
    await vi.waitFor(() => expect(states.every((state) => state.healthy)).toBe(true), 15_000);
    expect(await allowed('c')).toBe(4);
  } finally {
    for (const state of states) await state.close();
    await server.stop();
  }
});
