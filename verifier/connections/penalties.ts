import type { Clock } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';

/** How long a device waits whose line was closed for what it sent, milliseconds; twice as long each time that it comes at once. */
const firstMs = 5_000;
const longestMs = 10 * 60_000;
/** Devices that are remembered; of more, those go first that were closed first. */
const most = 10_000;

interface Penalty {
  readonly lastMs: number;
  readonly until: number;
}

/**
 * Devices whose line was closed because of a flood of theirs. To open a line costs us more than them, so one that comes back at
 * once, again and again, would be a worse flood than the one that was ended.
 */
export class Penalties {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #penalties = new Map<string, Penalty>();

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** The device's line was closed for what it sent. */
  closed(device: string): void {
    const now = this.#clock.monotonic();
    const before = this.#penalties.get(device);
    // Who kept still for as long again as it had to wait begins anew.
    const again = before !== undefined && now < before.until + before.lastMs;
    const lastMs = again ? Math.min(2 * before.lastMs, longestMs) : firstMs;
    this.#penalties.delete(device);
    this.#penalties.set(device, { lastMs, until: now + lastMs });
    const [oldest] = this.#penalties.keys();
    if (this.#penalties.size > most && oldest !== undefined) this.#penalties.delete(oldest);
  }

  /** @throws TouchstoneError `request.too-many` while the device has to wait */
  assertMayConnect(device: string): void {
    const waitMs = (this.#penalties.get(device)?.until ?? 0) - this.#clock.monotonic();
    if (waitMs <= 0) return;
    const seconds = Math.ceil(waitMs / 1000);
    throw new TouchstoneError(
      'request.too-many',
      `The last connection was closed for a flood. Wait ${seconds} s.`,
      { retryMs: waitMs },
    );
  }
}
