/** Entries that are looked at for their end with each one that is put: a flood can't leave more dead than living ones. */
const looks = 2;

/**
 * Values that each have an end. What is over is dropped bit by bit, never in one sweep that would make an exam wait. When it
 * is full the oldest goes: a flood then pushes out its own first, and who is quick in what they do is not disturbed.
 */
export class Expiring<V> {
  readonly #entries = new Map<string, { value: V; expiresAt: number }>();
  readonly #most: number;
  #cursor = this.#entries.entries();

  /** @param most entries that are kept */
  constructor(most: number) {
    this.#most = most;
  }

  /** @param now monotonic milliseconds, in all methods */
  set(key: string, value: V, ttlMs: number, now: number): void {
    this.#look(now);
    // Removed first, so that the order of the map is the order of age.
    this.#entries.delete(key);
    this.#entries.set(key, { value, expiresAt: now + ttlMs });
    if (this.#entries.size <= this.#most) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  get(key: string, now: number): V | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.expiresAt > now ? entry.value : undefined;
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** Entries that take room, over or not. */
  get size(): number {
    return this.#entries.size;
  }

  #look(now: number): void {
    for (let look = 0; look < looks; look++) {
      const { done, value } = this.#cursor.next();
      if (done) {
        this.#cursor = this.#entries.entries();
        return;
      }
      const [key, entry] = value;
      if (entry.expiresAt <= now) this.#entries.delete(key);
    }
  }
}
