import type { Clock } from '../../protocol/clock.js';

/** How often other clocks are asked, milliseconds. */
const askEveryMs = 60_000;

/** Tells the time of another machine, milliseconds since 1970. */
export type OtherClock = () => Promise<number>;

export interface ClockDriftOptions {
  readonly clock: Clock;
  /** By name, such as `redis`. */
  readonly others: Readonly<Record<string, OtherClock>>;
  /** Told of a clock that did not answer. */
  readonly onError?: (error: unknown, name: string) => void;
}

/**
 * How far our wall clock is from other clocks. It decides about hours, leases and minutes of presence, and verifiers that share a
 * fleet must agree on them. Exams are timed by the monotonic clock, so no drift can make a card late.
 */
export class ClockDrift {
  readonly #options: ClockDriftOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #drifts = new Map<string, number>();
  /** Wall clock less monotonic clock at the start. */
  readonly #apart: number;

  constructor(options: ClockDriftOptions) {
    const { clock } = options;
    this.#options = options;
    this.#apart = clock.now() - clock.monotonic();
    this.#timer = setInterval(() => void this.measure(), askEveryMs);
    this.#timer.unref();
    void this.measure();
  }

  /** What was measured last, milliseconds that we are ahead. A clock that does not answer is not in it. */
  *measured(): Iterable<readonly [string, number]> {
    const { clock } = this.#options;
    // Both tick alike, unless somebody or something sets the wall clock.
    yield ['monotonic', clock.now() - clock.monotonic() - this.#apart];
    yield* this.#drifts;
  }

  /** Asks all other clocks now. Never rejects. */
  async measure(): Promise<void> {
    await Promise.all(Object.entries(this.#options.others).map(([name, ask]) => this.#measureOne(name, ask)));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #measureOne(name: string, ask: OtherClock): Promise<void> {
    const { clock, onError } = this.#options;
    const from = clock.monotonic();
    try {
      const theirs = await ask();
      // They looked at their clock somewhere between: in the middle we are wrong by half a round trip at most.
      const oursThen = clock.now() - (clock.monotonic() - from) / 2;
      this.#drifts.set(name, oursThen - theirs);
    } catch (error) {
      this.#drifts.delete(name);
      onError?.(error, name);
    }
  }
}
