import type { Logger } from 'pino';
import type { Clock } from '../../protocol/clock.js';
import type { HotState } from '../state/state.js';

const key = 'sweep-leader';
/** A leader that is gone is followed by another within this and one renewal, milliseconds. */
const ttlMs = 15_000;
const renewMs = 4_000;
/** So long before its lock ends a leader stops to rely on it: clocks and replies are not exact. */
const marginMs = 2_000;

export interface LeadershipOptions {
  readonly self: string;
  readonly state: HotState;
  readonly clock: Pick<Clock, 'monotonic'>;
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
    const { state, self } = this.#options;
    await state.replace(key, self, null, ttlMs).catch(() => false);
  }

  async #renew(): Promise<void> {
    const { state, self, clock, log, began } = this.#options;
    const led = this.leads;
    const asked = clock.monotonic();
    try {
      const ours =
        (await state.putIfAbsent(key, self, ttlMs)) === self && (await state.replace(key, self, self, ttlMs));
      this.#until = ours ? asked + ttlMs - marginMs : Number.NEGATIVE_INFINITY;
    } catch (error) {
      log.warn({ err: error }, 'who leads the sweeps cannot be seen');
    }
    if (this.#closed) return;
    if (this.leads && !led) began();
    this.#timer = setTimeout(() => void this.#renew(), renewMs);
  }
}
