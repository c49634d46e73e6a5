import { randomUUID } from 'node:crypto';
import type { Clock } from '../../protocol/clock.js';
import { Expiring } from './expiring.js';
import { spendStep } from './gcra.js';
import { MemoryStream } from './memory-stream.js';
import type { HotState, RateLimit, Spent, StreamEntry } from './state.js';

/** Entries of one kind that one process keeps: so a flood of nonces becomes no flood of memory, and pushes out no session. */
const entriesOfKind = 500_000;

/** Hot state of a single process, for the embedded default. Each operation is one turn of the event loop, so it is atomic. */
export class MemoryState implements HotState {
  readonly healthy = true;
  readonly #clock: Clock;
  readonly #most: number;
  readonly #values = new Map<string, Expiring<string>>();
  readonly #hashes = new Map<string, Expiring<Map<string, string>>>();
  readonly #limits = new Map<string, Expiring<number>>();
  readonly #streams = new Map<string, MemoryStream>();
  readonly #listeners = new Map<string, Set<(message: string) => void>>();
  readonly #generation = randomUUID();

  constructor(clock: Clock, most = entriesOfKind) {
    this.#clock = clock;
    this.#most = most;
  }

  async put(key: string, value: string, ttlMs: number): Promise<void> {
    this.#valuesLike(key).set(key, value, ttlMs, this.#clock.monotonic());
  }

  async get(key: string): Promise<string | null> {
    return this.#read(key);
  }

  async take(key: string): Promise<string | null> {
    const value = this.#read(key);
    this.#valuesLike(key).delete(key);
    return value;
  }

  async putIfAbsent(key: string, value: string, ttlMs: number): Promise<string> {
    const there = this.#read(key);
    if (there === null) this.#valuesLike(key).set(key, value, ttlMs, this.#clock.monotonic());
    return there ?? value;
  }

  async replace(key: string, expected: string | null, value: string | null, ttlMs: number): Promise<boolean> {
    if (this.#read(key) !== expected) return false;
    if (value === null) this.#valuesLike(key).delete(key);
    else this.#valuesLike(key).set(key, value, ttlMs, this.#clock.monotonic());
    return true;
  }

  async putField(key: string, field: string, value: string, ttlMs: number): Promise<void> {
    const now = this.#clock.monotonic();
    const hashes = this.#kind(this.#hashes, key);
    const fields = hashes.get(key, now) ?? new Map<string, string>();
    hashes.set(key, fields.set(field, value), ttlMs, now);
  }

  async dropField(key: string, field: string): Promise<void> {
    const hashes = this.#kind(this.#hashes, key);
    const fields = hashes.get(key, this.#clock.monotonic());
    if (fields?.delete(field) && fields.size === 0) hashes.delete(key);
  }

  async fields(key: string): Promise<ReadonlyMap<string, string>> {
    return new Map(this.#kind(this.#hashes, key).get(key, this.#clock.monotonic()));
  }

  async spend(key: string, limit: RateLimit, cost = 1): Promise<Spent> {
    const now = this.#clock.monotonic();
    const limits = this.#kind(this.#limits, key);
    const nowUs = Math.floor(now * 1000);
    const { fullAt, spent } = spendStep(limits.get(key, now) ?? null, nowUs, limit, cost);
    limits.set(key, fullAt, (fullAt - nowUs) / 1000 + 1, now);
    return spent;
  }

  async append(stream: string, value: string, keep: number): Promise<string> {
    const known = this.#streams.get(stream) ?? new MemoryStream();
    this.#streams.set(stream, known);
    return known.append(value, keep);
  }

  async read(stream: string, after: string | null, count: number): Promise<readonly StreamEntry[] | null> {
    return (this.#streams.get(stream) ?? new MemoryStream()).read(after, count);
  }

  async tail(stream: string): Promise<string | null> {
    return this.#streams.get(stream)?.tail ?? null;
  }

  async publish(channel: string, message: string): Promise<void> {
    for (const hear of this.#listeners.get(channel) ?? [])
      setImmediate(() => this.#tell(channel, hear, message));
  }

  async subscribe(channel: string, hear: (message: string) => void): Promise<() => Promise<void>> {
    const listeners = this.#listeners.get(channel) ?? new Set();
    this.#listeners.set(channel, listeners);
    // One of its own for each call, so that each ends by itself.
    const listener = (message: string): void => hear(message);
    listeners.add(listener);
    return async () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(channel) === listeners) this.#listeners.delete(channel);
    };
  }

  async now(): Promise<number> {
    return this.#clock.now();
  }

  async generation(): Promise<string> {
    return this.#generation;
  }

  async close(): Promise<void> {
    for (const kept of [this.#values, this.#hashes, this.#limits, this.#streams, this.#listeners])
      kept.clear();
  }

  /** Who ended between the telling and the hearing is told no more. */
  #tell(channel: string, hear: (message: string) => void, message: string): void {
    if (this.#listeners.get(channel)?.has(hear)) hear(message);
  }

  #read(key: string): string | null {
    return this.#valuesLike(key).get(key, this.#clock.monotonic()) ?? null;
  }

  #valuesLike(key: string): Expiring<string> {
    return this.#kind(this.#values, key);
  }

  #kind<V>(kinds: Map<string, Expiring<V>>, key: string): Expiring<V> {
    const name = key.split('/', 1)[0] ?? '';
    const known = kinds.get(name) ?? new Expiring<V>(this.#most);
    kinds.set(name, known);
    return known;
  }
}
