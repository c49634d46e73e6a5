import type { Logger } from 'pino';
import type { Hub } from '../connections/hub.js';
import type { Devices } from '../devices/devices.js';
import type { HomesPort } from '../homes/homes-port.js';
import type { HotState } from '../state/state.js';
import type { Sweeps } from '../sweeps/sweeps.js';
import type { HardwareBook } from './hardware-book.js';

/** How often devices are looked through, and how much of it chance adds: nobody is to know when after its report it is asked. */
const everyMs = 10 * 60_000;
/** A device is asked at most once in so long for what was found in its report. */
const restMs = 24 * 3600_000;
/** Devices of one sweep: what is one card under many names answers as one. */
const mostAtOnce = 200;

export interface SuspicionsParts {
  readonly book: Pick<HardwareBook, 'of'>;
  readonly devices: Pick<Devices, 'get'>;
  readonly hub: Pick<Hub, 'all'>;
  readonly homes: Pick<HomesPort, 'isHere'>;
  readonly state: Pick<HotState, 'putIfAbsent' | 'take'>;
  readonly sweeps: Pick<Sweeps, 'suspects'>;
  /** Whether its cards are nobody else's and it is not away by its supplier's word: then it can be asked now. */
  readonly isFree: (device: string) => boolean;
  /** In [0, 1). */
  readonly uniform: () => number;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/**
 * Asks verified devices whose reports hold evidence in a joint exam. Nothing else follows from it: what they answer decides. Each
 * verifier looks after the devices that are at home with it.
 */
export class Suspicions {
  readonly #parts: SuspicionsParts;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(parts: SuspicionsParts) {
    this.#parts = parts;
  }

  /** Looks now and then from now on. */
  start(): void {
    if (this.#closed) return;
    const waitMs = everyMs * (0.5 + this.#parts.uniform());
    this.#timer = setTimeout(() => void this.look().then(() => this.start()), waitMs);
    this.#timer.unref();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** Asks for one sweep of all who are due. Never rejects. @returns who is asked */
  async look(): Promise<readonly string[]> {
    const { log, sweeps } = this.#parts;
    const taken: string[] = [];
    try {
      for (const device of this.#suspected()) {
        if (taken.length === mostAtOnce) break;
        if (await this.#take(device)) taken.push(device);
      }
      if (taken.length === 0) return taken;
      const sweep = await sweeps.suspects(taken, 'what is found in their reports');
      log.info({ sweep, devices: taken.length }, 'devices are asked for what is found in their reports');
      return taken;
    } catch (error) {
      // The next look comes: nobody was asked.
      log.warn({ err: error }, 'suspects could not be asked');
      await Promise.allSettled(taken.map((device) => this.#parts.state.take(keyOf(device))));
      return [];
    }
  }

  #suspected(): string[] {
    const { book, devices, hub, homes, isFree } = this.#parts;
    return [...hub.all()]
      .map(({ device }) => device)
      .filter(
        (device) =>
          (book.of(device)?.findings ?? []).some(({ severity }) => severity === 'evidence') &&
          devices.get(device)?.status === 'verified' &&
          homes.isHere(device) &&
          isFree(device),
      );
  }

  /** Whether it has not been asked for so long; from now on it has. */
  async #take(device: string): Promise<boolean> {
    const mark = `${this.#parts.uniform()}`;
    return (await this.#parts.state.putIfAbsent(keyOf(device), mark, restMs)) === mark;
  }
}

const keyOf = (device: string): string => `suspected/${device}`;
