import { Redis } from 'ioredis';
import { TouchstoneError } from '../../protocol/error.js';
import type { HotState } from './state.js';

const prefix = 'touchstone:';

/** Hot state in Redis 6.2 or later (`GETDEL`), shared by several verifiers. */
export class RedisState implements HotState {
  readonly #redis: Redis;

  /**
   * @param url such as redis://127.0.0.1:6379/0
   * @param onError told of a lost connection; it is made again by itself
   */
  constructor(url: string, onError: (error: Error) => void = () => {}) {
    // Fail fast instead of queueing: a request that can't be served now is answered "busy" now.
    this.#redis = new Redis(url, { maxRetriesPerRequest: 1, connectTimeout: 3000, commandTimeout: 3000 });
    // Without a listener a lost connection would end the process.
    this.#redis.on('error', onError);
  }

  async put(key: string, value: string, ttlMs: number): Promise<void> {
    await busyWithout(this.#redis.set(prefix + key, value, 'PX', Math.max(1, Math.ceil(ttlMs))));
  }

  async get(key: string): Promise<string | null> {
    return busyWithout(this.#redis.get(prefix + key));
  }

  async take(key: string): Promise<string | null> {
    return busyWithout(this.#redis.getdel(prefix + key));
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
  }
}

/** Without Redis nothing can be said of a nonce or a session, and nobody is to blame but us. */
async function busyWithout<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (cause) {
    throw new TouchstoneError('service.busy', undefined, {}, { cause });
  }
}
