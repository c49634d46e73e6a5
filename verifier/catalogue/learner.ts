import type { ClickHouseClient } from '@clickhouse/client';
import type { Logger } from 'pino';
import type { Clock } from '../../protocol/clock.js';
import { learn } from '../../scoring/catalogue/learn.js';
import { nobody } from '../../scoring/facts/base.js';
import type { CatalogueLearnedFact } from '../../scoring/facts/hardware.js';
import { fleetSamples } from '../../scoring/queries/learn.js';
import { learnedFigures } from '../../scoring/queries/learned.js';
import type { Recorder } from '../devices/recorder.js';
import { derivedFactId } from '../exams/derived-id.js';
import { beginOf, epochOf } from './epoch.js';
import type { LiveCatalogue } from './live-catalogue.js';

/** Exams of so long are what the fleet teaches by. */
export const learnedFromMs = 14 * 24 * 3600_000;
/** In the first minute of an hour, when the facts of the hour before have come into the record. */
const afterBeginMs = 30_000;

export interface LearnerOptions {
  readonly catalogue: LiveCatalogue;
  readonly clickhouse: ClickHouseClient;
  readonly clock: Pick<Clock, 'now'>;
  readonly recorder: Pick<Recorder, 'record'>;
  /** Whether this verifier is the one that learns for all: who leads the sweeps. */
  readonly leads: () => boolean;
  /** Distinct GPUs of a class and engine at least; nothing is learned when 0. */
  readonly learnCards: number;
  readonly log: Pick<Logger, 'info' | 'error'>;
}

/** Learns the next epoch's figures from the record, once an hour, and puts them on record where they change. */
export class Learner {
  readonly #options: LearnerOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: LearnerOptions) {
    this.#options = options;
  }

  /** Learns in the first minute of each hour from now on. */
  start(): void {
    const { clock, learnCards } = this.#options;
    if (this.#closed || learnCards === 0) return;
    const now = clock.now();
    this.#timer = setTimeout(
      () => {
        this.#running = this.#learnSurely().then(() => this.start());
      },
      beginOf(epochOf(now) + 1) + afterBeginMs - now,
    );
    this.#timer.unref();
  }

  /** Resolves when nothing runs any more. Never rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  /**
   * Freezes the figures of the next epoch. Whoever comes to it again finds them there; two that lead at once give their facts one
   * id, and one of the two stands at all verifiers (`LiveCatalogue.apply`).
   *
   * @returns null where we don't lead, where nothing changes, and where that was done already
   * @throws the record's errors
   */
  async learn(): Promise<CatalogueLearnedFact | null> {
    const { catalogue, clickhouse, clock, recorder, leads, learnCards, log } = this.#options;
    if (learnCards === 0 || !leads()) return null;
    const at = clock.now();
    const epoch = epochOf(at) + 1;
    for (const fact of await learnedFigures(clickhouse)) catalogue.apply(fact);
    const { latest, published } = catalogue;
    if (latest !== null && latest.epoch >= epoch) return null;
    const to = beginOf(epoch - 1);
    const from = to - learnedFromMs;
    const samples = await fleetSamples(clickhouse, published, { from, to });
    const before = latest?.figures ?? [];
    const figures = learn(published, before, samples, learnCards);
    if (JSON.stringify(figures) === JSON.stringify(before) || !leads() || this.#closed) return null;
    const id = derivedFactId(`catalogue/${epoch}`);
    const about = { kind: 'catalogue.learned', id, at, device: nobody } as const;
    const fact: CatalogueLearnedFact = { ...about, epoch, from, to, figures };
    await recorder.record([fact]);
    catalogue.apply(fact);
    log.info({ epoch, figures }, 'the fleet taught figures');
    return fact;
  }

  /** The record may be away: then the next hour learns what this one could not. */
  async #learnSurely(): Promise<void> {
    try {
      await this.learn();
    } catch (error) {
      this.#options.log.error({ err: error }, 'nothing could be learned from the fleet');
    }
  }
}
