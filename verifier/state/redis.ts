import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { assertPossible, microsecondsOf } from './gcra.js';
import { RedisChannels } from './redis-channels.js';
import { RedisLine } from './redis-line.js';
import type { ScriptCommands } from './redis-scripts.js';
import type { HotState, RateLimit, Spent, StreamEntry } from './state.js';

const prefix = 'touchstone:';
const keyOf = (key: string): string => `${prefix}v:${key}`;
const hashOf = (key: string): string => `${prefix}h:${key}`;
const limitOf = (key: string): string => `${prefix}l:${key}`;
const streamOf = (stream: string): string => `${prefix}s:${stream}`;
const generationKey = `${prefix}generation`;

/** Redis counts in whole milliseconds, and nothing lives for none. */
const wholeMs = (ttlMs: number): number => Math.max(1, Math.ceil(ttlMs));

/** Hot state in Redis 7, shared by several verifiers. */
export class RedisState implements HotState {
  readonly #line: RedisLine;
  readonly #channels: RedisChannels;
  /** Channels are not of one database: two fleets on one Redis must not hear each other. */
  readonly #channelPrefix: string;

  /**
   * @param url such as redis://127.0.0.1:6379/0
   * @param onError told once of each outage; the connection is made again by itself
   */
  constructor(url: string, onError: (error: Error) => void = () => {}) {
    this.#line = new RedisLine(url, onError);
    this.#channels = new RedisChannels(url, onError);
    this.#channelPrefix = `${prefix}${this.#line.redis.options.db ?? 0}:c:`;
  }

  async put(key: string, value: string, ttlMs: number): Promise<void> {
    await this.#ask((redis) => redis.set(keyOf(key), value, 'PX', wholeMs(ttlMs)));
  }

  async get(key: string): Promise<string | null> {
    return this.#ask((redis) => redis.get(keyOf(key)));
  }

  async take(key: string): Promise<string | null> {
    return this.#ask((redis) => redis.getdel(keyOf(key)));
  }

  async putIfAbsent(key: string, value: string, ttlMs: number): Promise<string> {
    return this.#ask((redis) => redis.hotPutIfAbsent(keyOf(key), value, wholeMs(ttlMs)));
  }

  async replace(key: string, expected: string | null, value: string | null, ttlMs: number): Promise<boolean> {
    const [expects, puts] = [expected === null ? 0 : 1, value === null ? 0 : 1] as const;
    const done = await this.#ask((redis) =>
      redis.hotReplace(keyOf(key), expects, expected ?? '', puts, value ?? '', wholeMs(ttlMs)),
    );
    return done === 1;
  }

  async putField(key: string, field: string, value: string, ttlMs: number): Promise<void> {
    await this.#ask((redis) => redis.hotPutField(hashOf(key), field, value, wholeMs(ttlMs)));
  }

  async dropField(key: string, field: string): Promise<void> {
    await this.#ask((redis) => redis.hdel(hashOf(key), field));
  }

  async fields(key: string): Promise<ReadonlyMap<string, string>> {
    return new Map(Object.entries(await this.#ask((redis) => redis.hgetall(hashOf(key)))));
  }

  async spend(key: string, limit: RateLimit, cost = 1): Promise<Spent> {
    assertPossible(limit, cost);
    const [allowed, left, retryMs] = await this.#ask((redis) =>
      redis.hotSpend(limitOf(key), limit.burst, microsecondsOf(limit), cost),
    );
    return { allowed: allowed === 1, left, retryMs };
  }

  async append(stream: string, value: string, keep: number): Promise<string> {
    const id = await this.#ask((redis) =>
      redis.xadd(streamOf(stream), 'MAXLEN', '~', Math.max(1, keep), '*', 'value', value),
    );
    return id ?? '';
  }

  async read(stream: string, after: string | null, count: number): Promise<readonly StreamEntry[] | null> {
    // The entry at the place itself is asked for too: where it is missing, others may be.
    const asked = after === null ? count : count + 1;
    const entries = await this.#ask((redis) =>
      redis.xrange(streamOf(stream), after ?? '-', '+', 'COUNT', asked),
    );
    if (after !== null && entries[0]?.[0] !== after) return null;
    return entries.slice(asked - count).map(([id, fields]) => ({ id, value: fields[1] ?? '' }));
  }

  async tail(stream: string): Promise<string | null> {
    const [last] = await this.#ask((redis) => redis.xrevrange(streamOf(stream), '+', '-', 'COUNT', 1));
    return last?.[0] ?? null;
  }

  async publish(channel: string, message: string): Promise<void> {
    await this.#ask((redis) => redis.publish(this.#channelPrefix + channel, message));
  }

  async subscribe(channel: string, hear: (message: string) => void): Promise<() => Promise<void>> {
    return this.#channels.listen(this.#channelPrefix + channel, hear);
  }

  async now(): Promise<number> {
    const [seconds, microseconds] = await this.#ask((redis) => redis.time());
    return Number(seconds) * 1000 + Number(microseconds) / 1000;
  }

  async generation(): Promise<string> {
    const drawn = await this.#ask((redis) => redis.hotGeneration(generationKey, randomUUID()));
    // A Redis that comes back from a snapshot has the old number and old entries, but is another run.
    const run = /run_id:(\w+)/.exec(await this.#ask((redis) => redis.info('server')))?.[1] ?? '';
    return `${drawn}:${run}`;
  }

  get healthy(): boolean {
    return this.#line.healthy && this.#channels.healthy;
  }

  async close(): Promise<void> {
    this.#channels.close();
    this.#line.close();
  }

  #ask<T>(send: (redis: Redis & ScriptCommands) => Promise<T>): Promise<T> {
    return this.#line.ask(send);
  }
}
