import { Counter, Histogram, type Registry } from 'prom-client';
import type { Asker, Pressure } from '../edge/load.js';
import type { LoopFigures } from '../edge/loop-watch.js';
import type { AnsweredRequest } from '../edge/request-log.js';
import { gauge, gauges } from './gauge.js';

export interface EdgeGauges {
  loop(): LoopFigures;
  /** Requests that have come and are not answered. */
  requests(): number;
  draining(): boolean;
}

/** What comes in over HTTP, and how well the process keeps up with it. */
export class EdgeMetrics {
  readonly #registry: Registry;
  readonly #answered: Histogram<'route' | 'method' | 'status'>;
  readonly #shed: Counter<'why' | 'asker'>;

  constructor(registry: Registry) {
    this.#registry = registry;
    this.#answered = new Histogram({
      name: 'touchstone_request_seconds',
      help: 'From a request to its answer, by route and by the first digit of the status',
      labelNames: ['route', 'method', 'status'] as const,
      buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
      registers: [registry],
    });
    this.#shed = new Counter({
      name: 'touchstone_requests_shed_total',
      help: 'Requests sent away because there is too much to do, by what there is too much of and by who asked',
      labelNames: ['why', 'asker'] as const,
      registers: [registry],
    });
    gauges(
      registry,
      { name: 'touchstone_memory_bytes', help: 'Memory of the process, by kind', label: 'kind' },
      () => {
        const { rss, heapUsed, external } = process.memoryUsage();
        return Object.entries({ rss, heapUsed, external });
      },
    );
  }

  /** Figures of the HTTP side, once it is there. */
  watch({ loop, requests, draining }: EdgeGauges): void {
    gauge(
      this.#registry,
      'touchstone_loop_utilisation',
      'Share of the time that the event loop is not idle, 0 to 1',
      () => loop().utilisation,
    );
    gauge(
      this.#registry,
      'touchstone_loop_standstill_seconds',
      'Longest standstill of the event loop in the last half second',
      () => loop().standstillMs / 1000,
    );
    gauge(this.#registry, 'touchstone_requests_waiting', 'Requests that wait for their answer', requests);
    gauge(this.#registry, 'touchstone_draining', '1 while the verifier is about to stop', () =>
      Number(draining()),
    );
  }

  answered({ route, method, status, elapsedMs }: AnsweredRequest): void {
    this.#answered.observe({ route, method, status: `${Math.floor(status / 100)}xx` }, elapsedMs / 1000);
  }

  shed(why: Pressure, asker: Asker): void {
    this.#shed.inc({ why, asker });
  }
}
