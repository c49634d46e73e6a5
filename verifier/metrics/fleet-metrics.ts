import { Counter, Histogram, type Registry } from 'prom-client';
import type { SweepFact } from '../../scoring/facts/sweep.js';
import { gauge } from './gauge.js';

/** How a device came here, or went. */
export type HomeMove = 'taken' | 'asked' | 'forced' | 'left' | 'lapsed';
/** What came of one try to deliver a webhook. */
export type WebhookTry = 'delivered' | 'retried' | 'given-up';

export interface FleetGauges {
  /** Devices whose home is here. */
  devicesAtHome(): number;
  /** Verifiers that live, as this one sees it; 1 where it is alone. */
  verifiers(): number;
  /** Distinct GPUs that passed both parts in one sweep, best of the last day; null where unknown. */
  provenAtOnce(): number | null;
  feedReaders(): number;
}

/** What verifiers do together, and what they tell the world. */
export class FleetMetrics {
  readonly #registry: Registry;
  readonly #moved: Counter<'how'>;
  readonly #sweeps: Counter<'kind'>;
  readonly #members: Counter<'went'>;
  readonly #spread: Histogram<'part'>;
  readonly #alarms: Counter<'alarm'>;
  readonly #webhooks: Counter<'outcome'>;
  readonly #feedCuts: Counter;

  constructor(registry: Registry) {
    this.#registry = registry;
    const registers = [registry];
    this.#moved = new Counter({
      name: 'touchstone_homes_moved_total',
      help: 'Devices that found or lost their home here, by how',
      labelNames: ['how'] as const,
      registers,
    });
    this.#sweeps = new Counter({
      name: 'touchstone_sweeps_total',
      help: 'Sweeps that are over and on record, by kind',
      labelNames: ['kind'] as const,
      registers,
    });
    this.#members = new Counter({
      name: 'touchstone_sweep_cards_total',
      help: 'Cards drawn for sweeps: released with the others, or not ready in time',
      labelNames: ['went'] as const,
      registers,
    });
    this.#spread = new Histogram({
      name: 'touchstone_release_spread_seconds',
      help: 'p99 of how far apart the releases of one instant of a sweep were, by part',
      labelNames: ['part'] as const,
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
      registers,
    });
    this.#alarms = new Counter({
      name: 'touchstone_alarms_total',
      help: 'Alarms that were raised, by their name',
      labelNames: ['alarm'] as const,
      registers,
    });
    this.#webhooks = new Counter({
      name: 'touchstone_webhook_tries_total',
      help: 'Tries to deliver to webhooks, by what came of them',
      labelNames: ['outcome'] as const,
      registers,
    });
    this.#feedCuts = new Counter({
      name: 'touchstone_feed_cuts_total',
      help: 'Readers of the feed that were cut off because they were too slow',
      registers,
    });
  }

  watch({ devicesAtHome, verifiers, provenAtOnce, feedReaders }: FleetGauges): void {
    const registry = this.#registry;
    gauge(registry, 'touchstone_devices_at_home', 'Devices whose home is this verifier', devicesAtHome);
    gauge(registry, 'touchstone_verifiers', 'Verifiers that live, as this one sees it', verifiers);
    gauge(
      registry,
      'touchstone_proven_at_once',
      'Distinct GPUs proven at the same instant, best of the last day',
      provenAtOnce,
    );
    gauge(registry, 'touchstone_feed_readers', 'Readers of the feed of changes', feedReaders);
  }

  homeMoved(how: HomeMove): void {
    this.#moved.inc({ how });
  }

  /** Of each fact of a sweep: a large one has several. */
  sweepFinished({ sweepKind, spread, members, part }: SweepFact): void {
    const released = members.filter(({ computeGoMs }) => computeGoMs !== null).length;
    this.#members.inc({ went: 'released' }, released);
    this.#members.inc({ went: 'late' }, members.length - released);
    if (part !== 1) return;
    this.#sweeps.inc({ kind: sweepKind });
    if (spread.compute !== null) this.#spread.observe({ part: 'compute' }, spread.compute.p99Ms / 1000);
    if (spread.memory !== null) this.#spread.observe({ part: 'memory' }, spread.memory.p99Ms / 1000);
  }

  alarmRaised(alarm: string): void {
    this.#alarms.inc({ alarm });
  }

  webhookTried(outcome: WebhookTry): void {
    this.#webhooks.inc({ outcome });
  }

  feedCut(): void {
    this.#feedCuts.inc();
  }
}
