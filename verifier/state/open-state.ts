import { systemClock } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import { MemoryState } from './memory.js';
import type { HotState } from './state.js';

/**
 * The hot state: in memory where no Redis is given, else there. A Redis that goes away later comes back by itself; one that is
 * not there at the start is more likely a wrong address.
 *
 * @param onError told once of each outage
 * @throws TouchstoneError `verifier.redis-unreachable`
 */
export async function openState(redisUrl: string | null, onError: (error: Error) => void): Promise<HotState> {
  if (redisUrl === null) return new MemoryState(systemClock);
  const { RedisState } = await import('./redis.js');
  let first: unknown;
  const state = new RedisState(redisUrl, (error) => {
    first ??= error;
    onError(error);
  });
  try {
    await state.now();
    return state;
  } catch (error) {
    await state.close();
    const detail = `No answer from Redis at ${new URL(redisUrl).host}.`;
    throw new TouchstoneError('verifier.redis-unreachable', detail, {}, { cause: first ?? error });
  }
}
