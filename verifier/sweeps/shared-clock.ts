import type { Clock } from '../../protocol/clock.js';

/** Samples of one measurement: the one with the shortest way there and back says most. */
const samples = 8;

export interface SharedClockOptions {
  /** Milliseconds since 1970 on the clock that all verifiers can ask. */
  readonly ask: () => Promise<number>;
  readonly clock: Pick<Clock, 'monotonic'>;
}

/**
 * One clock for all verifiers: that of the hot state. Between two measurements it runs with our own monotonic clock, so nobody
 * who sets our wall clock moves an instant that was agreed on.
 */
export class SharedClock {
  readonly #options: SharedClockOptions;
  #aheadMs = 0;
  #errorMs = Number.POSITIVE_INFINITY;

  constructor(options: SharedClockOptions) {
    this.#options = options;
  }

  /** Most that it may be off by, milliseconds: half of the shortest round trip of the last measurement. */
  get errorMs(): number {
    return this.#errorMs;
  }

  get now(): number {
    return this.at(this.#options.clock.monotonic());
  }

  /** @param monotonic an instant of ours @returns milliseconds since 1970 */
  at(monotonic: number): number {
    return monotonic + this.#aheadMs;
  }

  /** The monotonic instant of ours at a shared one. */
  monotonicAt(shared: number): number {
    return shared - this.#aheadMs;
  }

  /** Looks how far the shared clock is ahead of ours. @throws what asking throws */
  async measure(): Promise<void> {
    const { ask, clock } = this.#options;
    let best: { readonly aheadMs: number; readonly errorMs: number } | null = null;
    for (let i = 0; i < samples; i++) {
      const before = clock.monotonic();
      const shared = await ask();
      const errorMs = (clock.monotonic() - before) / 2;
      if (best === null || errorMs < best.errorMs) best = { aheadMs: shared - before - errorMs, errorMs };
    }
    if (best === null) return;
    this.#aheadMs = best.aheadMs;
    this.#errorMs = best.errorMs;
  }
}
