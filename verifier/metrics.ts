import { Counter, Histogram, Registry } from 'prom-client';
import type { Code } from '../protocol/codes/table.js';
import type { ExamFact, NetworkFact } from '../scoring/facts/facts.js';
import type { ProbeFact, TableFact } from '../scoring/facts/timelock.js';
import { EdgeMetrics } from './metrics/edge-metrics.js';
import { FleetMetrics } from './metrics/fleet-metrics.js';
import { gauge } from './metrics/gauge.js';
import { HardwareMetrics } from './metrics/hardware-metrics.js';
import { type RecordGauges, watchRecord } from './metrics/record-metrics.js';
import type { NotMeasured } from './network/network-exams.js';

/** What is read when somebody asks, instead of being kept. */
export interface Gauges {
  connectedAgents(): number;
  runningExams(): number;
  runningProbes(): number;
  waitingProofs(): number;
}

/** The verifier's Prometheus metrics. One counter step and one observation of each time for each exam of a card. */
export class Metrics {
  readonly registry = new Registry();
  readonly edge = new EdgeMetrics(this.registry);
  readonly fleet = new FleetMetrics(this.registry);
  readonly hardware = new HardwareMetrics(this.registry);
  readonly #exams = new Counter({
    name: 'touchstone_exams_total',
    help: 'Exams of cards that ended, by outcome and first reason',
    labelNames: ['outcome', 'reason'] as const,
    registers: [this.registry],
  });
  readonly #whole = new Histogram({
    name: 'touchstone_exam_whole_seconds',
    help: 'From the begin of an exam to its verdict, with waiting for others and for lost lines, by outcome',
    labelNames: ['outcome'] as const,
    buckets: [1, 3, 10, 30, 60, 120, 300, 900, 3600],
    registers: [this.registry],
  });
  readonly #elapsed = new Histogram({
    name: 'touchstone_exam_seconds',
    help: 'From go to commit of the compute part on the verifier clock, of exams that came that far',
    buckets: [0.25, 0.5, 1, 2, 3, 4, 5, 7.5, 10, 15, 30, 60],
    registers: [this.registry],
  });
  readonly #built = new Histogram({
    name: 'touchstone_table_seconds',
    help: 'From the order to build a table to the word that it stands',
    buckets: [1, 2, 5, 10, 20, 30, 60, 120, 240, 480, 900],
    registers: [this.registry],
  });
  readonly #walked = new Histogram({
    name: 'touchstone_walk_seconds',
    help: 'From go to commit of the memory part on the verifier clock, of exams that came that far',
    buckets: [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60],
    registers: [this.registry],
  });
  readonly #refused = new Counter({
    name: 'touchstone_messages_refused_total',
    help: 'Messages of agents that were refused, by code',
    labelNames: ['code'] as const,
    registers: [this.registry],
  });

  readonly #lines = new Counter({
    name: 'touchstone_network_exams_total',
    help: 'Measurements of lines, by what came of the download and of the upload; gone or busy where nothing was measured',
    labelNames: ['download', 'upload'] as const,
    registers: [this.registry],
  });
  readonly #rates = new Histogram({
    name: 'touchstone_network_mbps',
    help: 'Throughput of lines on the verifier clock, Mbit/s',
    labelNames: ['direction'] as const,
    buckets: [1, 3, 10, 30, 100, 300, 1_000, 3_000, 10_000],
    registers: [this.registry],
  });

  readonly #probes = new Counter({
    name: 'touchstone_probes_total',
    help: 'Probes of cards that ended, by outcome and code',
    labelNames: ['outcome', 'code'] as const,
    registers: [this.registry],
  });
  readonly #probed = new Histogram({
    name: 'touchstone_probe_seconds',
    help: 'From the order of a probe to its commit on the verifier clock, of probes that came that far',
    buckets: [0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2, 5, 10],
    registers: [this.registry],
  });

  constructor(gauges: Gauges) {
    const { registry } = this;
    gauge(
      registry,
      'touchstone_agents_connected',
      'Agents connected to this verifier',
      gauges.connectedAgents,
    );
    gauge(registry, 'touchstone_exams_running', 'Devices in an exam', gauges.runningExams);
    gauge(registry, 'touchstone_probes_running', 'Probes under way', gauges.runningProbes);
    gauge(registry, 'touchstone_proofs_waiting', 'Proofs that wait for a thread', gauges.waitingProofs);
  }

  /** Once, when what the verifier stands on is there. */
  watchRecord(gauges: RecordGauges): void {
    watchRecord(this.registry, gauges);
  }

  /** @param tookMs from the begin of the exam to its verdict; null where its begin is not known */
  examined({ outcome, reasons, elapsedMs, memory }: ExamFact, tookMs: number | null = null): void {
    this.#exams.inc({ outcome, reason: reasons[0] ?? 'none' });
    if (tookMs !== null) this.#whole.observe({ outcome }, tookMs / 1000);
    if (elapsedMs !== null) this.#elapsed.observe(elapsedMs / 1000);
    if (typeof memory?.buildMs === 'number') this.#built.observe(memory.buildMs / 1000);
    if (typeof memory?.elapsedMs === 'number') this.#walked.observe(memory.elapsedMs / 1000);
  }

  lineMeasured(measured: NetworkFact | NotMeasured): void {
    if (typeof measured === 'string') return this.#lines.inc({ download: measured, upload: measured });
    const codeOf = (name: string) => measured.checks.find(({ check }) => check === name)?.code ?? 'none';
    this.#lines.inc({ download: codeOf('network.download'), upload: codeOf('network.upload') });
    const { downloadMbps, uploadMbps } = measured;
    if (downloadMbps !== null) this.#rates.observe({ direction: 'download' }, downloadMbps);
    if (uploadMbps !== null) this.#rates.observe({ direction: 'upload' }, uploadMbps);
  }

  probed({ outcome, code, elapsedMs }: ProbeFact): void {
    this.#probes.inc({ outcome, code });
    if (elapsedMs !== null) this.#probed.observe(elapsedMs / 1000);
  }

  /** Outside an exam. */
  tableBuilt({ buildMs }: TableFact): void {
    this.#built.observe(buildMs / 1000);
  }

  refused(code: Code): void {
    this.#refused.inc({ code });
  }
}
