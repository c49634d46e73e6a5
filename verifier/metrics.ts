import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Code } from '../protocol/codes/table.js';
import type { ExamFact } from '../scoring/facts.js';

/** What is read when somebody asks, instead of being kept. */
export interface Gauges {
  connectedAgents(): number;
  runningExams(): number;
  waitingProofs(): number;
  journalLagBytes(): number;
  clickhouseHealthy(): boolean;
}

/** The verifier's Prometheus metrics. One counter step and one latency observation for each exam of a card. */
export class Metrics {
  readonly registry = new Registry();
  readonly #exams = new Counter({
    name: 'touchstone_exams_total',
    help: 'Exams of cards that ended, by outcome and first reason',
    labelNames: ['outcome', 'reason'] as const,
    registers: [this.registry],
  });
  readonly #elapsed = new Histogram({
    name: 'touchstone_exam_seconds',
    help: 'From go to commit on the verifier clock, of exams that came that far',
    buckets: [0.25, 0.5, 1, 2, 3, 4, 5, 7.5, 10, 15, 30, 60],
    registers: [this.registry],
  });
  readonly #refused = new Counter({
    name: 'touchstone_messages_refused_total',
    help: 'Messages of agents that were refused, by code',
    labelNames: ['code'] as const,
    registers: [this.registry],
  });

  constructor(gauges: Gauges) {
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.set(read());
        },
      });
    gauge('touchstone_agents_connected', 'Agents connected to this verifier', gauges.connectedAgents);
    gauge('touchstone_exams_running', 'Devices in an exam', gauges.runningExams);
    gauge('touchstone_proofs_waiting', 'Proofs that wait for a thread', gauges.waitingProofs);
    gauge('touchstone_journal_lag_bytes', 'Acknowledged bytes not yet in ClickHouse', gauges.journalLagBytes);
    gauge('touchstone_clickhouse_up', '1 while ClickHouse takes facts', () =>
      Number(gauges.clickhouseHealthy()),
    );
  }

  examined({ outcome, reasons, elapsedMs }: ExamFact): void {
    this.#exams.inc({ outcome, reason: reasons[0] ?? 'none' });
    if (elapsedMs !== null) this.#elapsed.observe(elapsedMs / 1000);
  }

  refused(code: Code): void {
    this.#refused.inc({ code });
  }
}
