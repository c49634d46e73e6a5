import { Counter, type Registry } from 'prom-client';
import type { Code } from '../../protocol/codes/table.js';
import { gauge, gauges } from './gauge.js';

export interface HardwareGauges {
  /** Devices by the gravest that is found in their latest report; `none` where nothing is. */
  reports(): ReadonlyMap<string, number>;
  /** GPUs that several devices claim, by how that stands; without those that are over by somebody's leaving. */
  disputes(): ReadonlyMap<string, number>;
  /** Begin of the hour that the figures which hold now were frozen for, milliseconds since 1970; null where none were learned. */
  learnedFrom(): number | null;
}

/** What hosts say of themselves, and what comes of it. */
export class HardwareMetrics {
  readonly #registry: Registry;
  readonly #attestations: Counter<'outcome'>;

  constructor(registry: Registry) {
    this.#registry = registry;
    this.#attestations = new Counter({
      name: 'touchstone_attestations_total',
      help: "Vendors' words for cards that were given: accepted, or the code by which they were refused",
      labelNames: ['outcome'] as const,
      registers: [registry],
    });
  }

  watch({ reports, disputes, learnedFrom }: HardwareGauges): void {
    const registry = this.#registry;
    const ofReports = {
      name: 'touchstone_hardware_reports',
      help: 'Devices of the fleet by the gravest finding in their latest report',
      label: 'worst',
    };
    gauges(registry, ofReports, reports);
    const ofDisputes = {
      name: 'touchstone_disputes',
      help: 'GPUs that several devices of the fleet claim, by how that stands',
      label: 'state',
    };
    gauges(registry, ofDisputes, disputes);
    gauge(
      registry,
      'touchstone_learned_epoch_seconds',
      'Begin of the hour from which the learned figures hold, seconds since 1970',
      () => {
        const from = learnedFrom();
        return from === null ? null : from / 1000;
      },
    );
  }

  attestationEnded(outcome: 'accepted' | Code): void {
    this.#attestations.inc({ outcome });
  }
}
