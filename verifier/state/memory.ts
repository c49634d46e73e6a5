import type { Clock } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { HotState } from './state.js';

/** Entries that one process keeps at most: a flood of nonces must not become a flood of memory. */
const maxEntries = 1_000_000;
/** Expired entries are swept when this many puts have passed. */
const sweepEvery = 10_000;

/** Hot state of a single process, for the embedded default. */
export class MemoryState implements HotState {
  readonly #entries = new Map<string, { value: string; expiresAt: number }>();
  readonly #clock: Pick<Clock, 'monotonic'>;
  #puts = 0;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  async put(key: string, value: string, ttlMs: number): Promise<void> {
    this.#puts += 1;
    if (this.#puts % sweepEvery === 0) this.#sweep();
    if (this.#entries.size >= maxEntries && !this.#entries.has(key))
      throw new TouchstoneError('service.busy');
    this.#entries.set(key, { value, expiresAt: this.#clock.monotonic() + ttlMs });
  }

  async get(key: string): Promise<string | null> {
    return this.#read(key);
  }

  async take(key: string): Promise<string | null> {
    const value = this.#read(key);
    this.#entries.delete(key);
    return value;
  }

  async close(): Promise<void> {
    this.#entries.clear();
  }

  #read(key: string): string | null {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.expiresAt > this.#clock.monotonic() ? entry.value : null;
  }

  #sweep(): void {
    const now = this.#clock.monotonic();
    for (const [key, entry] of this.#entries) if (entry.expiresAt <= now) this.#entries.delete(key);
  }
}
