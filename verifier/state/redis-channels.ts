import { RedisLine } from './redis-line.js';

/** A connection that only listens would not see that its other end is gone. */
const pingMs = 5_000;

/** What is listened to, on a connection of its own; taken up again whenever that is made anew. */
export class RedisChannels {
  readonly #line: RedisLine;
  readonly #listeners = new Map<string, Set<(message: string) => void>>();
  readonly #pings: NodeJS.Timeout;

  constructor(url: string, onError: (error: Error) => void) {
    this.#line = new RedisLine(url, onError, () => this.#resume());
    this.#line.redis.on('message', (channel: string, message: string) => {
      for (const hear of [...(this.#listeners.get(channel) ?? [])]) hear(message);
    });
    this.#pings = setInterval(() => {
      // What fails here ends the connection by itself.
      this.#line.ask((redis) => redis.ping()).catch(() => {});
    }, pingMs).unref();
  }

  /**
   * @returns what ends it
   * @throws TouchstoneError `service.busy`
   */
  async listen(channel: string, hear: (message: string) => void): Promise<() => Promise<void>> {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners);
    // One of its own for each call, so that each ends by itself.
    const listener = (message: string): void => hear(message);
    listeners.add(listener);
    try {
      // Asked again where others listen already: resolving means that it is so, not that it was asked for.
      await this.#line.ask((redis) => redis.subscribe(channel));
    } catch (error) {
      await this.#forget(channel, listener);
      throw error;
    }
    return () => this.#forget(channel, listener);
  }

  get healthy(): boolean {
    return this.#line.healthy;
  }

  close(): void {
    clearInterval(this.#pings);
    this.#listeners.clear();
    this.#line.close();
  }

  async #forget(channel: string, listener: (message: string) => void): Promise<void> {
    const listeners = this.#listeners.get(channel);
    listeners?.delete(listener);
    if (listeners === undefined || listeners.size > 0) return;
    this.#listeners.delete(channel);
    // Away, or closed: then nothing is heard there anyway.
    await this.#line.ask((redis) => redis.unsubscribe(channel)).catch(() => {});
  }

  #resume(): void {
    const channels = [...this.#listeners.keys()];
    if (channels.length === 0) return;
    // Half deaf is worse than away: away is made good.
    this.#line.ask((redis) => redis.subscribe(...channels)).catch(() => this.#line.redis.disconnect(true));
  }
}
