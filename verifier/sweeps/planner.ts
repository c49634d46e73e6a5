import type { Clock } from '../../protocol/clock.js';
import type { SweepKind } from '../../protocol/messages/sweep.js';

export interface PlannerSettings {
  /** Cards of a random sweep, and of one window of a sweep of the whole fleet. */
  readonly sweepCards: number;
  readonly fleetWindowCards: number;
  /** Mean time between random sweeps, and about the time between two rounds of the whole fleet; none when 0. Milliseconds. */
  readonly sweepEveryMs: number;
  readonly fleetEveryMs: number;
}

export interface PlannerOptions {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly uniform: () => number;
  readonly settings: PlannerSettings;
}

/** Pause before the next window of a round, on average: what runs at one time is a small part of the fleet. */
const windowMeanMs = 2 * 60_000;
/** A round of the whole fleet comes between half and one and a half of its usual time after the one before. */
const earliestRound = 0.5;

export interface DueSweep {
  readonly sweepKind: Extract<SweepKind, 'random' | 'fleet'>;
  readonly cards: number;
}

/**
 * When the next sweep begins, for the verifier that leads. Random ones come as a Poisson process, which has no memory: a new
 * leader draws anew, and nobody can tell when. A round of the whole fleet goes on, window by window, until everyone was asked.
 */
export class Planner {
  readonly #options: PlannerOptions;
  #randomAt = Number.POSITIVE_INFINITY;
  #windowAt = Number.POSITIVE_INFINITY;
  #roundSince = 0;

  constructor(options: PlannerOptions) {
    this.#options = options;
  }

  /** Plans anew. @param lastRoundAt when the last round of the whole fleet began, milliseconds since 1970; null where none did */
  begin(lastRoundAt: number | null): void {
    const { clock, settings, uniform } = this.#options;
    this.#planRandom();
    if (settings.fleetEveryMs === 0) return;
    const sinceMs = clock.now() - (lastRoundAt ?? Number.NEGATIVE_INFINITY);
    // One that may not be over yet is gone on with: devices that it has asked already are left out.
    if (lastRoundAt !== null && sinceMs < earliestRound * settings.fleetEveryMs) {
      this.#roundSince = lastRoundAt;
      this.#windowAt = clock.monotonic() + exponential(windowMeanMs, uniform());
    } else this.#planRound(Math.min(sinceMs, settings.fleetEveryMs));
  }

  /** Since when the present round of the whole fleet runs: whoever was in one of its windows is not asked again in it. */
  get roundSince(): number {
    return this.#roundSince;
  }

  /** Milliseconds until the next sweep is due; never less than 0. */
  get nextInMs(): number {
    return Math.max(0, Math.min(this.#randomAt, this.#windowAt) - this.#options.clock.monotonic());
  }

  /** The sweep that is due now, planned anew at once; null where none is. */
  take(): DueSweep | null {
    const { clock, settings, uniform } = this.#options;
    const now = clock.monotonic();
    if (this.#randomAt <= now) {
      this.#planRandom();
      return { sweepKind: 'random', cards: settings.sweepCards };
    }
    if (this.#windowAt > now) return null;
    if (this.#roundSince === 0) this.#roundSince = clock.now();
    this.#windowAt = now + exponential(windowMeanMs, uniform());
    return { sweepKind: 'fleet', cards: settings.fleetWindowCards };
  }

  /** Everybody who could be asked has been: the round is over. */
  roundOver(): void {
    this.#planRound(0);
  }

  #planRandom(): void {
    const { clock, settings, uniform } = this.#options;
    this.#randomAt =
      settings.sweepEveryMs === 0
        ? Number.POSITIVE_INFINITY
        : clock.monotonic() + exponential(settings.sweepEveryMs, uniform());
  }

  #planRound(sinceMs: number): void {
    const { clock, settings, uniform } = this.#options;
    const ms = settings.fleetEveryMs * (earliestRound + uniform()) - sinceMs;
    this.#roundSince = 0;
    this.#windowAt = clock.monotonic() + Math.max(0, ms);
  }
}

const exponential = (meanMs: number, uniform: number): number => -Math.log(1 - uniform) * meanMs;
