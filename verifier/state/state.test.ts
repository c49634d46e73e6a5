import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../protocol/clock.js';
import { MemoryState } from './memory.js';
import { RedisState } from './redis.js';
import type { HotState } from './state.js';

/** What every hot state must do. A new implementation only adds a line at the end. */
function contract(name: string, open: () => Promise<HotState>, shut: () => Promise<void>): void {
  describe(`hot state on ${name}`, () => {
    let state: HotState;
    beforeAll(async () => {
      state = await open();
    });
    afterAll(async () => {
      await state.close();
      await shut();
    });

    it('gives back what was put last', async () => {
      await state.put('a', 'one', 60_000);
      expect(await state.get('a')).toBe('one');
      await state.put('a', 'two', 60_000);
      expect(await state.get('a')).toBe('two');
    });

    it('knows nothing of a key that was never put', async () => {
      expect(await state.get('never')).toBeNull();
      expect(await state.take('never')).toBeNull();
    });

    it('forgets a value when its time is over', async () => {
      await state.put('short', 'x', 20);
      await sleep(60);
      expect(await state.get('short')).toBeNull();
      expect(await state.take('short')).toBeNull();
    });

    it('hands a value to one of many takers only', async () => {
      await state.put('once', 'x', 60_000);
      const taken = await Promise.all(Array.from({ length: 50 }, () => state.take('once')));
      expect(taken.filter((value) => value === 'x')).toHaveLength(1);
    });
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

let redis: ChildProcess | undefined;

async function openRedis(): Promise<HotState> {
  const port = await freePort();
  redis = spawn('redis-server', [
    '--port',
    String(port),
    '--save',
    '',
    '--appendonly',
    'no',
    '--bind',
    '127.0.0.1',
  ]);
  await new Promise<void>((resolve, reject) => {
    redis?.once('error', reject);
    redis?.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('Ready to accept connections')) resolve();
    });
  });
  return new RedisState(`redis://127.0.0.1:${port}/0`);
}

contract(
  'memory',
  async () => new MemoryState(systemClock),
  async () => {},
);
contract('redis', openRedis, async () => {
  redis?.kill();
});

describe('hot state on a redis that is away', () => {
  it('says that we are busy, whatever it is asked', async () => {
    const state = new RedisState(`redis://127.0.0.1:${await freePort()}/0`);
    await expect(state.get('a')).rejects.toMatchObject({ code: 'service.busy' });
    await expect(state.take('a')).rejects.toMatchObject({ code: 'service.busy' });
    await expect(state.put('a', 'b', 1000)).rejects.toMatchObject({ code: 'service.busy' });
    await state.close();
  });
});
