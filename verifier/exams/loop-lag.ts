import type { Clock } from '../../protocol/clock.js';

/** Pause between two looks at the clock, milliseconds. */
const stepMs = 20;
/** Lags shorter than this are the timer's own noise. */
const noiseMs = 20;
/** Longer than any exam takes from `go` to its deadline. */
const memoryMs = 5 * 60_000;

/**
 * Knows how late this process was to look at what had arrived. A message is stamped when the event loop gets to it: while
 * the loop stood still, the exam's clock ran on against devices that had answered already.
 */
export class LoopLag {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #timer: NodeJS.Timeout;
  #lags: { at: number; ms: number }[] = [];
  #last: number;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
    this.#last = clock.monotonic();
    this.#timer = setInterval(() => this.#look(), stepMs);
    this.#timer.unref();
  }

  /** Longest standstill that ended between two instants, milliseconds; one that has just ended is counted. */
  longestBetween(from: number, to: number): number {
    this.#look();
    return this.#lags.reduce(
      (most, { at, ms }) => (at >= from && at - ms <= to ? Math.max(most, ms) : most),
      0,
    );
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = this.#clock.monotonic();
    const ms = now - this.#last - stepMs;
    this.#last = now;
    if (ms < noiseMs) return;
    this.#lags = [...this.#lags.filter(({ at }) => at > now - memoryMs), { at: now, ms }];
  }
}
