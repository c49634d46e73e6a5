interface Counted {
  /** Number of the window that `now` counts. */
  window: number;
  now: number;
  before: number;
}

/**
 * How often something happened lately, for each of many subjects: the count of this window, and of the last one as much as still
 * lies within one window's length. Who did nothing for longest is forgotten first, so strangers can't fill it.
 */
export class WindowCounts {
  readonly #windowMs: number;
  readonly #most: number;
  readonly #counts = new Map<string, Counted>();

  /** @param most subjects that are remembered */
  constructor(windowMs: number, most: number) {
    this.#windowMs = windowMs;
    this.#most = most;
  }

  /** Counts one more. @param at monotonic milliseconds @returns how many that makes within a window's length, rounded down */
  add(subject: string, at: number): number {
    const window = Math.floor(at / this.#windowMs);
    const counted = moved(this.#counts.get(subject), window);
    counted.now += 1;
    this.#counts.delete(subject);
    this.#counts.set(subject, counted);
    const [oldest] = this.#counts.keys();
    if (this.#counts.size > this.#most && oldest !== undefined) this.#counts.delete(oldest);
    const stillIn = 1 - (at / this.#windowMs - window);
    return Math.floor(counted.now + counted.before * stillIn);
  }
}

function moved(counted: Counted | undefined, window: number): Counted {
  if (counted === undefined || counted.window < window - 1) return { window, now: 0, before: 0 };
  return counted.window === window ? counted : { window, now: 0, before: counted.now };
}
