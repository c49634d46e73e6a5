import type { Logger } from 'pino';
import type { Clock } from '../../protocol/clock.js';
import type { HotState } from '../state/state.js';
import type { SweepTimes } from './times.js';

const key = 'sweep-leader';
export interface LeadershipOptions {
  readonly self: string;
  readonly state: HotState;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly times: Pick<SweepTimes, 'lockMs' | 'renewMs' | 'marginMs'>;
  readonly log: Pick<Logger, 'warn'>;
  /** We lead from now on. */
  readonly began: () => void;
}

/** Which verifier starts sweeps: one at most, and another one soon after it is gone. */
export class Leadership {
  readonly #options: LeadershipOptions;
  #until = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(options: LeadershipOptions) {
    this.#options = options;
  }

  /** Takes part from now on. */
  start(): void {
    void this.#renew();
  }

  get leads(): boolean {
    return !this.#closed && this.#options.clock.monotonic() < this.#until;
  }

  /** Whether a verifier is the leader now. @throws what the hot state throws */
  async isLeader(verifier: string): Promise<boolean> {
    return (await this.#options.state.get(key)) === verifier;
  }

  /** Lets another one lead at once. Never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const { state, self, times } = this.#options;
    await state.replace(key, self, null, times.lockMs).catch(() => false);
  }

  async #renew(): Promise<void> {
    const { state, self, clock, log, began, times } = this.#options;
    const { lockMs, renewMs, marginMs } = times;
    const led = this.leads;
    const asked = clock.monotonic();
    try {
      const ours =
        (await state.putIfAbsent(key, self, lockMs)) === self &&
        (await state.replace(key, self, self, lockMs));
      this.#until = ours ? asked + lockMs - marginMs : Number.NEGATIVE_INFINITY;
    } catch (error) {
      log.warn({ err: error }, 'who leads the sweeps cannot be seen');
    }
    if (this.#closed) return;
    if (this.leads && !led) began();
    this.#timer = setTimeout(() => void this.#renew(), renewMs);
  }
}
