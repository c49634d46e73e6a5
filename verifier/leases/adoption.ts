import type { Logger } from 'pino';
import type { HomesPort } from '../homes/homes-port.js';

/** How often leases are looked through, and how much of it chance adds: verifiers must not all reach for the same device. */
const everyMs = 10_000;

export interface AdoptionOptions {
  readonly homes: Pick<HomesPort, 'takeIfFree'>;
  /** Devices whose lease is not over and that are not at home here. */
  readonly elsewhere: () => readonly string[];
  /** Uniform in [0, 1). */
  readonly uniform: () => number;
  readonly log: Pick<Logger, 'error'>;
}

/** Gives leased devices that no verifier works for a home here: the end of a lease comes in time, whether or not its device does. */
export class Adoption {
  readonly #options: AdoptionOptions;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: AdoptionOptions) {
    this.#options = options;
  }

  /** Looks now, and again and again. Resolves after the first look. Never rejects. */
  async start(): Promise<void> {
    await this.#look();
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.start(), everyMs * (0.5 + this.#options.uniform()));
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #look(): Promise<void> {
    const { homes, elsewhere, log } = this.#options;
    for (const device of elsewhere()) {
      if (this.#closed) return;
      try {
        await homes.takeIfFree(device);
      } catch (error) {
        // Without the hot state nobody can be taken up: the next look comes.
        log.error({ err: error, device }, 'leased devices could not be looked after');
        return;
      }
    }
  }
}
