import { type EventLoopUtilization, monitorEventLoopDelay, performance } from 'node:perf_hooks';

/** Between two looks, milliseconds: long enough to mean something, short enough to be ahead of the trouble. */
const lookEveryMs = 500;
/** Resolution of the delays, milliseconds. */
const resolutionMs = 10;
/** A share of the last looks remains, so that one burst of half a second sends nobody away. */
const memory = 0.5;

/** What the event loop has been doing lately. */
export interface LoopFigures {
  /** Share of time not idle, 0 to 1, smoothed over about a second. */
  readonly utilisation: number;
  /** Longest standstill within the last whole look, milliseconds. */
  readonly standstillMs: number;
}

/** Watches how busy this process' event loop is. Threads (proofs, the record) are not in it. */
export class LoopWatch {
  readonly #delays = monitorEventLoopDelay({ resolution: resolutionMs });
  readonly #timer: NodeJS.Timeout;
  #last: EventLoopUtilization = performance.eventLoopUtilization();
  #figures: LoopFigures = { utilisation: 0, standstillMs: 0 };

  constructor() {
    this.#delays.enable();
    this.#timer = setInterval(() => this.#look(), lookEveryMs);
    this.#timer.unref();
  }

  get figures(): LoopFigures {
    return this.#figures;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#delays.disable();
  }

  #look(): void {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#last);
    this.#last = now;
    const standstillMs = Math.max(0, this.#delays.max / 1e6 - resolutionMs);
    this.#delays.reset();
    this.#figures = {
      utilisation: memory * this.#figures.utilisation + (1 - memory) * utilization,
      standstillMs,
    };
  }
}
