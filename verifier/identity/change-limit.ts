import { TouchstoneError } from '../../protocol/error.js';
import type { HotState, RateLimit } from '../state/state.js';

/** Enrolments of one device that say something new: each is kept for ever, and other hardware is a new examination. */
const changes: RateLimit = { burst: 6, everyMs: 10 * 60_000 };

/** Bounds how often one device may change what it says of itself: six times, then once in ten minutes. */
export class ChangeLimit {
  readonly #state: Pick<HotState, 'spend'>;

  constructor(state: Pick<HotState, 'spend'>) {
    this.#state = state;
  }

  /** @throws TouchstoneError `request.too-many`; `service.busy` without hot state */
  async take(device: string): Promise<void> {
    const { allowed, retryMs } = await this.#state.spend(`change/${device}`, changes);
    if (allowed) return;
    throw new TouchstoneError(
      'request.too-many',
      `This device has changed what it says of itself too often. Try again in ${Math.ceil(retryMs / 1000)} s.`,
      { retryMs },
    );
  }
}
