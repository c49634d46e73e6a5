import type { ClickHouseClient } from '@clickhouse/client';
import type { Logger } from 'pino';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import type { CardClass } from '../../scoring/catalogue/catalogue.js';
import { classOfClaim } from '../../scoring/catalogue/class-of-claim.js';
import type { Fact } from '../../scoring/facts/facts.js';
import { loadWebhooks } from '../../scoring/queries/webhooks.js';
import { readKeys } from '../access/key-file.js';
import type { Devices } from '../devices/devices.js';
import type { Recorder } from '../devices/recorder.js';
import type { HomesPort } from '../homes/homes-port.js';
import type { FleetMetrics } from '../metrics/fleet-metrics.js';
import type { VerifierOptions } from '../options.js';
import type { Secrets } from '../secrets/secrets.js';
import type { HotState } from '../state/state.js';
import { ChangeLog } from './change-log.js';
import { Deliveries } from './deliveries.js';
import { Feed } from './feed.js';
import { Seats } from './seats.js';
import { send } from './send.js';
import { Turn } from './turn.js';
import { WebhookBook } from './webhook-book.js';
import { Webhooks } from './webhooks.js';

/** Streams of one verifier, those of all without a key, and those of one key or address. */
const seatLimits = { all: 500, strangers: 400, each: 20 };

export interface FeedsParts {
  readonly options: Pick<
    VerifierOptions,
    'catalogue' | 'privateWebhooks' | 'webhookTurn' | 'sharedDir' | 'dataDir'
  >;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly log: Logger;
  readonly clickhouse: ClickHouseClient;
  readonly devices: Pick<Devices, 'get'>;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly state: HotState;
  readonly uniform: () => number;
  readonly secrets: Pick<Secrets, 'derive'>;
  readonly homes: Pick<HomesPort, 'self'>;
  readonly metrics: Pick<FleetMetrics, 'webhookTried' | 'feedCut'>;
}

/** The feed of changes and the webhooks. */
export interface Feeds {
  readonly feed: Feed;
  readonly seats: Seats;
  readonly webhooks: Webhooks;
  readonly deliveries: Deliveries;
  /** Classes of the cards that a device claims now, each once. */
  readonly classesOf: (device: string) => readonly string[];
  /** The same with the ids that these classes had before: a reader may still ask by one. */
  readonly classNamesOf: (device: string) => readonly string[];
  /** A reader was too slow. */
  readonly cut: () => void;
  /** Takes in facts that other verifiers recorded. */
  apply(facts: readonly Fact[]): void;
  close(): Promise<void>;
}

/** Opens both over the record. Webhooks are delivered from `deliveries.start()` on. */
export async function openFeeds(parts: FeedsParts): Promise<Feeds> {
  const {
    options,
    clock,
    random,
    uniform,
    log,
    clickhouse,
    devices,
    recorder,
    state,
    secrets,
    homes,
    metrics,
  } = parts;
  const changeLog = new ChangeLog(clickhouse);
  const feed = new Feed({ log: changeLog, logger: log });
  const book = new WebhookBook();
  book.apply(await loadWebhooks(clickhouse));
  const rules = { allowPrivate: options.privateWebhooks };
  const secretFor = (webhook: string) => secrets.derive('webhook', webhook);
  const record = async (facts: readonly Fact[]) => {
    await recorder.record(facts);
    book.apply(facts);
  };
  const claimed = (device: string): readonly CardClass[] => {
    const cards = devices.get(device)?.enrolment.cards ?? [];
    return [...new Set(cards.flatMap((card) => classOfClaim(options.catalogue, card) ?? []))];
  };
  const classesOf = (device: string) => claimed(device).map(({ id }) => id);
  const classNamesOf = (device: string) =>
    claimed(device).flatMap(({ id, formerIds }) => [id, ...(formerIds ?? [])]);
  const deliveries = new Deliveries({
    feed,
    state,
    clock,
    random,
    uniform,
    log,
    classesOf,
    secretFor,
    send: (delivery) => send(delivery, rules),
    record,
    tried: (outcome) => metrics.webhookTried(outcome),
    book,
    turn: new Turn({
      state,
      clock,
      key: 'turn/webhooks',
      self: homes.self,
      ...(options.webhookTurn !== undefined && { times: options.webhookTurn }),
    }),
    holders: async () =>
      (await readKeys(options.sharedDir ?? options.dataDir)).map(({ role, name }) => ({ role, id: name })),
  });
  return {
    feed,
    seats: new Seats(seatLimits),
    webhooks: new Webhooks({ book, log: changeLog, state, clock, random, rules, secretFor, record }),
    deliveries,
    classesOf,
    classNamesOf,
    cut: () => metrics.feedCut(),
    apply: (facts) => book.apply(facts),
    async close() {
      await deliveries.close();
      await feed.close();
    },
  };
}
