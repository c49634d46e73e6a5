import type { Clock } from '../../protocol/clock.js';
import { Expiring } from '../state/expiring.js';
import { MemoryState } from '../state/memory.js';
import type { HotState, RateLimit, Spent } from '../state/state.js';

/** Limits that one process remembers as spent. */
const remembered = 100_000;

/**
 * Rate limits that all verifiers share. While the hot state is away each keeps them by itself: neither is everybody let in then,
 * nor nobody. Who was refused is refused here until the time is over, so that a flood does not become one of the hot state.
 */
export class KeptLimits {
  readonly #state: Pick<HotState, 'spend'>;
  readonly #own: MemoryState;
  readonly #clock: Clock;
  readonly #refusedUntil = new Expiring<number>(remembered);

  constructor(state: Pick<HotState, 'spend'>, clock: Clock) {
    this.#state = state;
    this.#own = new MemoryState(clock, remembered);
    this.#clock = clock;
  }

  async spend(key: string, limit: RateLimit): Promise<Spent> {
    const now = this.#clock.monotonic();
    const until = this.#refusedUntil.get(key, now);
    if (until !== undefined) return { allowed: false, left: 0, retryMs: Math.ceil(until - now) };
    const spent = await this.#state.spend(key, limit).catch(() => this.#own.spend(key, limit));
    if (!spent.allowed) this.#refuse(key, spent.retryMs);
    return spent;
  }

  #refuse(key: string, retryMs: number): void {
    const now = this.#clock.monotonic();
    this.#refusedUntil.set(key, now + retryMs, retryMs, now);
  }
}
