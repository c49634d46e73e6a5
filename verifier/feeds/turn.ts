import type { Clock } from '../../protocol/clock.js';
import type { HotState } from '../state/state.js';

const ttlMs = 25_000;
/** The turn is believed for so much shorter than the state keeps it: what was begun in it ends in it. */
const marginMs = 12_000;

export interface TurnOptions {
  readonly state: Pick<HotState, 'putIfAbsent' | 'replace'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** What the turn is for, such as `turn/webhooks`. */
  readonly key: string;
  /** This verifier's name. */
  readonly self: string;
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

  /** Takes the turn where it is free, or renews it where it is ours. @throws TouchstoneError `service.busy` */
  async take(): Promise<boolean> {
    const { state, clock, key, self } = this.#options;
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
