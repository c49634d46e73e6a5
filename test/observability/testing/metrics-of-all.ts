import { Metrics } from '../../../verifier/metrics.js';

const zero = () => 0;

/** Every metric that a verifier with all its parts has, and its labels. */
export function metricsOfAll(): ReadonlyMap<string, readonly string[]> {
  const metrics = new Metrics({
    connectedAgents: zero,
    runningExams: zero,
    runningProbes: zero,
    waitingProofs: zero,
  });
  metrics.watchRecord({
    journalLagBytes: zero,
    journalLagMs: zero,
    clickhouseHealthy: () => true,
    hotStateHealthy: () => true,
    drift: { measured: () => [] },
  });
  metrics.edge.watch({
    loop: () => ({ utilisation: 0, standstillMs: 0 }),
    requests: zero,
    draining: () => false,
  });
  metrics.fleet.watch({ devicesAtHome: zero, verifiers: zero, provenAtOnce: zero, feedReaders: zero });
  metrics.hardware.watch({ reports: () => new Map(), disputes: () => new Map(), learnedFrom: () => null });
  const all = metrics.registry.getMetricsAsArray() as unknown as { name: string; labelNames: string[] }[];
  return new Map(all.map(({ name, labelNames }) => [name, labelNames]));
}
