import type { Registry } from 'prom-client';
import type { ClockDrift } from './clock-drift.js';
import { gauge, gauges } from './gauge.js';

export interface RecordGauges {
  journalLagBytes(): number;
  /** How long ago the oldest fact was acknowledged that ClickHouse has not taken, milliseconds; 0 where it has all. */
  journalLagMs(): number;
  clickhouseHealthy(): boolean;
  hotStateHealthy(): boolean;
  readonly drift: Pick<ClockDrift, 'measured'>;
}

/** What the verifier stands on: its journal, ClickHouse, the hot state, its clock. */
export function watchRecord(registry: Registry, gaugesOf: RecordGauges): void {
  gauge(registry, 'touchstone_journal_lag_bytes', 'Acknowledged bytes not yet in ClickHouse', () =>
    gaugesOf.journalLagBytes(),
  );
  gauge(
    registry,
    'touchstone_journal_lag_seconds',
    'Age of the oldest acknowledged fact that is not in ClickHouse',
    () => gaugesOf.journalLagMs() / 1000,
  );
  gauge(registry, 'touchstone_clickhouse_up', '1 while ClickHouse takes facts', () =>
    Number(gaugesOf.clickhouseHealthy()),
  );
  gauge(registry, 'touchstone_hot_state_up', '1 while Redis, or the memory in its place, answers', () =>
    Number(gaugesOf.hotStateHealthy()),
  );
  gauges(
    registry,
    {
      name: 'touchstone_clock_drift_seconds',
      help: 'How far the wall clock is ahead of another clock: of this process since its start, of Redis, of ClickHouse',
      label: 'against',
    },
    function* () {
      for (const [against, driftMs] of gaugesOf.drift.measured()) yield [against, driftMs / 1000] as const;
    },
  );
}
