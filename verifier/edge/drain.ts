import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import { watchedPaths } from './watched.js';

/** How often a draining verifier looks whether all has ended, milliseconds. */
const lookEveryMs = 50;

export interface DrainParts {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Nothing new is begun: no exam, no probe, no sweep. What runs goes on. */
  readonly stopBeginning: () => void;
  /** How much of what runs would be lost if we closed now: exams that have begun. */
  readonly underWay: () => number;
  /** Gives every device to whoever is asked for it next. Never rejects. */
  readonly handOver: () => Promise<void>;
  /** Longest wait for what runs, milliseconds. */
  readonly drainMs: number;
}

/**
 * The way of a verifier out of service, in this order: it takes nothing new (`service.draining`, and `/readyz` says so, for who
 * balances), what runs comes to its end or its time is over, the devices are handed over. Then whoever wired it may close.
 */
export class Drain {
  #draining = false;
  /** Requests that were sent away. */
  #refused = 0;

  get draining(): boolean {
    return this.#draining;
  }

  get refused(): number {
    return this.#refused;
  }

  /** After the WebSocket plugin: an upgrade that an earlier hook refuses keeps its socket for ever. */
  install(app: FastifyInstance): void {
    app.addHook('onRequest', async ({ routeOptions: { url = '' } }) => {
      if (!this.#draining || (watchedPaths.has(url) && url !== '/readyz')) return;
      this.#refused += 1;
      throw new TouchstoneError('service.draining');
    });
  }

  /** Once. @returns how much was still under way when the time was over; 0 where all came to its end */
  async run({ clock, stopBeginning, underWay, handOver, drainMs }: DrainParts): Promise<number> {
    this.#draining = true;
    stopBeginning();
    const until = clock.monotonic() + drainMs;
    while (underWay() > 0 && clock.monotonic() < until) await sleep(lookEveryMs);
    const left = underWay();
    await handOver();
    return left;
  }
}
