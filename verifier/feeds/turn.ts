import type { Clock } from '../../protocol/clock.js';
import type { HotState } from '../state/state.js';

/** Milliseconds. */
export interface TurnTimes {
  /** Who says nothing for so long has lost the turn. */
  readonly ttlMs: number;
  /** The turn is believed for so much shorter than the state keeps it: what was begun in it ends in it. */
  readonly marginMs: number;
  /** How often it is taken or renewed. */
  readonly everyMs: number;
}

/** The margin is longer than a delivery. */
export const turnTimes: TurnTimes = { ttlMs: 25_000, marginMs: 12_000, everyMs: 5_000 };

export interface TurnOptions {
  readonly state: Pick<HotState, 'putIfAbsent' | 'replace'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** What the turn is for, such as `turn/webhooks`. */
  readonly key: string;
  /** This verifier's name. */
  readonly self: string;
  readonly times?: TurnTimes;
}

/** Of several verifiers, the one whose turn it is. Who dies is followed by another after some seconds. */
export class Turn {
  readonly #options: TurnOptions;
  #until = Number.NEGATIVE_INFINITY;

  constructor(options: TurnOptions) {
    this.#options = options;
  }

  /** Whether it is ours still, without asking: false some seconds before another can have it. */
  get ours(): boolean {
    return this.#options.clock.monotonic() < this.#until;
  }

  /** How often to take it. */
  get everyMs(): number {
    return (this.#options.times ?? turnTimes).everyMs;
  }

  /** Takes the turn where it is free, or renews it where it is ours. @throws TouchstoneError `service.busy` */
  async take(): Promise<boolean> {
    const { state, clock, key, self, times: { ttlMs, marginMs } = turnTimes } = this.#options;
    const asked = clock.monotonic();
    const holder = await state.putIfAbsent(key, self, ttlMs);
    if (holder === self && (await state.replace(key, self, self, ttlMs)))
      this.#until = asked + ttlMs - marginMs;
    return this.ours;
  }

  /** Lets another have it at once. */
  async give(): Promise<void> {
    const { state, key, self } = this.#options;
    this.#until = Number.NEGATIVE_INFINITY;
    await state.replace(key, self, null, 0).catch(() => {});
  }
}
