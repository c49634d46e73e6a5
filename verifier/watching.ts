import { serverTime } from '../scoring/queries/server-time.js';
import { beginOf } from './catalogue/epoch.js';
import type { Feeds } from './feeds/feeds.js';
import type { Homes } from './homes/homes-service.js';
import type { Journal } from './journal/journal.js';
import { ClockDrift } from './metrics/clock-drift.js';
import { LagAge } from './metrics/lag-age.js';
import type { Services } from './services.js';

export interface WatchingParts
  extends Pick<
    Services,
    | 'options'
    | 'clock'
    | 'log'
    | 'clickhouse'
    | 'state'
    | 'shipper'
    | 'metrics'
    | 'published'
    | 'hardware'
    | 'disputes'
    | 'catalogue'
  > {
  readonly journal: Journal;
  readonly homes: Homes;
  readonly feeds: Feeds;
}

/** How many verifiers there are and how many cards were proven together are asked for so often, milliseconds. */
const askEveryMs = 30_000;

/** Measures what the metrics tell of that lies in no hand of ours: queues, clocks, the other verifiers. */
export function watchVerifier(parts: WatchingParts): { close(): void } {
  const { options, clock, log, clickhouse, state, shipper, journal, metrics, homes, feeds, published } =
    parts;
  const { hardware, disputes, catalogue } = parts;
  const lagAge = new LagAge({ clock, end: () => journal.durableEnd, has: (place) => shipper.has(place) });
  const drift = new ClockDrift({
    clock,
    others: {
      ...(options.redisUrl !== null && { redis: () => state.now() }),
      ...(options.clickhouse !== null && { clickhouse: () => serverTime(clickhouse) }),
    },
    onError: (error, name) => log.debug({ err: error, name }, 'a clock did not answer'),
  });
  metrics.watchRecord({
    journalLagBytes: () => shipper.lagBytes,
    journalLagMs: () => lagAge.ms,
    clickhouseHealthy: () => shipper.healthy,
    hotStateHealthy: () => state.healthy,
    drift,
  });
  let verifiers = 1;
  let proven: number | null = null;
  const ask = async () => {
    verifiers = (await homes.members()).length;
    proven = (await published.figures()).provenTogether.gpus;
  };
  const timer = setInterval(() => {
    ask().catch((error) => log.debug({ err: error }, 'figures of the fleet could not be read'));
  }, askEveryMs);
  timer.unref();
  metrics.fleet.watch({
    devicesAtHome: () => homes.size,
    verifiers: () => verifiers,
    provenAtOnce: () => proven,
    feedReaders: () => feeds.seats.taken,
  });
  metrics.hardware.watch({
    reports: () => hardware.book.byWorst(),
    disputes: () => disputes.byState(),
    learnedFrom: () => (catalogue.learned === null ? null : beginOf(catalogue.learned.epoch)),
  });
  return {
    close() {
      clearInterval(timer);
      lagAge.close();
      drift.close();
    },
  };
}
