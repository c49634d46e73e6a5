import { describe, expect, it, vi } from 'vitest';
import { openState } from './open-state.js';
import { RedisServer } from './testing/redis-server.js';

describe('opening the hot state', () => {
  it('takes the Redis that it was given', async () => {
    const redis = await RedisServer.start();
    try {
      const state = await openState(redis.url, () => {});
      await state.put('key', 'value', 1_000);
      expect(await state.get('key')).toBe('value');
      await state.close();
    } finally {
      await redis.stop();
    }
  });

  it('says that it is Redis that does not answer, and why', async () => {
    const onError = vi.fn();
    await expect(openState('redis://:secret@127.0.0.1:1/0', onError)).rejects.toMatchObject({
      code: 'verifier.redis-unreachable',
      message: 'No answer from Redis at 127.0.0.1:1.',
      cause: expect.objectContaining({ message: expect.stringContaining('ECONNREFUSED') }),
    });
    expect(onError).toHaveBeenCalled();
  });
});
