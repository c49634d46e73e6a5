import { Redis } from 'ioredis';
import type { HotState } from './state.js';

const prefix = 'touchstone:';

/** Hot state in Redis 6.2 or later (`GETDEL`), shared by several verifiers. */
export class RedisState implements HotState {
  readonly #redis: Redis;

  /** @param url such as redis://127.0.0.1:6379/0 */
  constructor(url: string) {
    // Fail fast instead of queueing: a request that can't be served now is answered "busy" now.
    this.#redis = new Redis(url, { maxRetriesPerRequest: 1, connectTimeout: 3000, commandTimeout: 3000 });
    // Without a listener a lost connection would end the process; ioredis reconnects by itself.
    this.#redis.on('error', () => {});
  }

  async put(key: string, value: string, ttlMs: number): Promise<void> {
    await this.#redis.set(prefix + key, value, 'PX', Math.max(1, Math.ceil(ttlMs)));
  }

  async get(key: string): Promise<string | null> {
    return this.#redis.get(prefix + key);
  }

  async take(key: string): Promise<string | null> {
    return this.#redis.getdel(prefix + key);
  }

  async close(): Promise<void> {
    this.#redis.disconnect();
  }
}
