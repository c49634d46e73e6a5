import { Redis } from 'ioredis';
import { TouchstoneError } from '../../protocol/error.js';
import { type ScriptCommands, scripts } from './redis-scripts.js';

/** Redis that says nothing for so long is away. Longer than the event loop may ever stand still. */
const silenceMs = 3_000;
const retryAtLeastMs = 50;
const retryAtMostMs = 1_000;

/**
 * One connection to Redis that never queues: what can't be served now is refused now, and nothing is sent twice, because a
 * nonce that is taken twice is not taken once. It is made again by itself.
 */
export class RedisLine {
  readonly redis: Redis & ScriptCommands;
  readonly #tried: Promise<void>;
  #healthy = false;
  #told = false;

  /**
   * @param url such as redis://127.0.0.1:6379/0
   * @param onError told once of each outage
   * @param onReady each time that the connection stands
   */
  constructor(url: string, onError: (error: Error) => void, onReady: () => void = () => {}) {
    this.redis = new Redis(url, {
      scripts,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      // What listens is taken up in `redis-channels.ts`, where a failure is seen.
      autoResubscribe: false,
      maxRetriesPerRequest: 0,
      connectTimeout: silenceMs,
      commandTimeout: silenceMs,
      socketTimeout: silenceMs,
      retryStrategy: (times) => Math.min(retryAtMostMs, retryAtLeastMs * times) * (0.5 + Math.random() / 2),
      // After a failover the old master takes no writes: the name leads to the new one.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    }) as Redis & ScriptCommands;
    this.#tried = new Promise((resolve) => {
      this.redis.once('ready', resolve).once('close', resolve);
    });
    // Without a listener a lost connection would end the process.
    this.redis.on('error', (error: Error) => {
      this.#healthy = false;
      if (!this.#told) onError(error);
      this.#told = true;
    });
    this.redis.on('close', () => {
      this.#healthy = false;
    });
    this.redis.on('ready', () => {
      this.#healthy = true;
      this.#told = false;
      onReady();
    });
  }

  get healthy(): boolean {
    return this.#healthy;
  }

  /**
   * Without Redis nothing can be said of a nonce or a session, and nobody is to blame but us.
   * @throws TouchstoneError `service.busy`
   */
  async ask<T>(send: (redis: Redis & ScriptCommands) => Promise<T>): Promise<T> {
    // Only whoever asks in the very first moments waits for the connection.
    await this.#tried;
    try {
      const reply = await send(this.redis);
      this.#healthy = true;
      return reply;
    } catch (cause) {
      this.#healthy = false;
      throw new TouchstoneError('service.busy', undefined, {}, { cause });
    }
  }

  close(): void {
    this.redis.disconnect();
  }
}
