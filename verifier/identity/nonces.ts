import type { Clock, RandomBytes } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import { newNonce } from '../../protocol/ids.js';
import type { HotState } from '../state/state.js';

/** Time to sign a nonce and send it back. */
const lifetimeMs = 2 * 60_000;

/** Numbers used once: whoever signs one proves to hold the key now, not to have recorded a signature earlier. */
export class Nonces {
  readonly #state: HotState;
  readonly #random: RandomBytes;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(state: HotState, random: RandomBytes, clock: Pick<Clock, 'now'>) {
    this.#state = state;
    this.#random = random;
    this.#clock = clock;
  }

  /** @returns the nonce and when it expires, milliseconds since 1970 */
  async issue(): Promise<{ nonce: string; expiresAt: number }> {
    const nonce = newNonce(this.#random);
    await this.#state.put(`nonce/${nonce}`, '1', lifetimeMs);
    return { nonce, expiresAt: this.#clock.now() + lifetimeMs };
  }

  /** Uses a nonce up. @throws TouchstoneError `nonce.unknown` when it was never issued, has expired, or was used */
  async use(nonce: string): Promise<void> {
    if ((await this.#state.take(`nonce/${nonce}`)) === null) throw new TouchstoneError('nonce.unknown');
  }
}
