import type { AlarmClock } from '../chip.js';

/** A clock that stands still until it is moved. */
export class VirtualClock implements AlarmClock {
  #now = 0;
  readonly #alarms = new Set<{ at: number; wake: () => void }>();

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now;
  }

  alarm(milliseconds: number, wake: () => void): () => void {
    const alarm = { at: this.#now + milliseconds, wake };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /** Moves on from alarm to alarm until none is set: each may start work that sets the next. */
  async runOut(): Promise<void> {
    await settle();
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#alarms.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      await settle();
    }
  }

  #next(): { at: number; wake: () => void } | undefined {
    return [...this.#alarms].sort((a, b) => a.at - b.at)[0];
  }
}

/** Lets promises that are ready run their continuations. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
