import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import { newFactId } from '../../protocol/ids.js';
import { nobody } from '../../scoring/facts/base.js';
import type { Fact } from '../../scoring/facts/facts.js';
import type { WebhookTry } from '../metrics/fleet-metrics.js';
import type { HotState } from '../state/state.js';
import { changeOf, mayRead } from './change.js';
import type { Entry } from './change-log.js';
import type { Feed } from './feed.js';
import { type Progress, readProgress, writeProgress } from './progress.js';
import { type Answer, type Delivery, secretOf } from './send.js';
import type { Webhook } from './webhook-book.js';

/** Nothing taken for so long, and the webhook is given up. */
export const giveUpMs = 3 * 24 * 3600_000;
/** How far a webhook is, is put on record at most so often. */
const recordEveryMs = 60_000;

const pausesMs = [5_000, 30_000, 2 * 60_000, 10 * 60_000, 30 * 60_000, 3600_000];

/** Time until the next try. Not the same for all, so that a receiver that comes back is not met by all of them at once. */
export function pauseAfter(attempts: number, uniform: () => number): number {
  const usual = pausesMs[Math.min(attempts, pausesMs.length) - 1] ?? 0;
  return usual * (0.8 + 0.4 * uniform());
}

export interface DeliveryParts {
  readonly feed: Pick<Feed, 'follow'>;
  readonly state: Pick<HotState, 'get' | 'put'>;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly random: RandomBytes;
  readonly uniform: () => number;
  readonly log: Pick<Logger, 'warn' | 'info'>;
  readonly classesOf: (device: string) => readonly string[];
  readonly secretFor: (webhook: string) => Uint8Array;
  readonly send: (delivery: Delivery) => Promise<Answer>;
  /** Puts facts on record and into the book. */
  readonly record: (facts: readonly Fact[]) => Promise<void>;
  /** Told of each try. */
  readonly tried?: (outcome: WebhookTry) => void;
  /** Waits, and throws where `signal` is aborted. */
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/**
 * Delivers the changes to one webhook, one after the other: the next only when the one before was taken, so that their order
 * is kept and none is left out. One that was taken may come twice, with the same id, where a verifier dies at that moment.
 */
export class WebhookDelivery {
  readonly #parts: DeliveryParts;
  readonly #webhook: Webhook;
  readonly #stop: AbortSignal;
  /** Whether we may send now. */
  readonly #mayGo: () => boolean;
  #progress: Progress;
  #recorded: string;
  #recordedAt: number;

  constructor(parts: DeliveryParts, webhook: Webhook, mayGo: () => boolean, stop: AbortSignal) {
    this.#parts = parts;
    this.#webhook = webhook;
    this.#mayGo = mayGo;
    this.#stop = stop;
    // One whose begin is not on record can only be told everything.
    this.#recorded = webhook.cursor ?? 'beginning';
    this.#recordedAt = parts.clock.monotonic();
    this.#progress = { cursor: this.#recorded, failingSince: null, attempts: 0, said: '' };
  }

  /** Delivers until it is stopped or the webhook is over. @throws what the hot state or the feed throw */
  async run(): Promise<void> {
    const { feed, state } = this.#parts;
    const { id, kinds, devices } = this.#webhook;
    this.#progress = (await readProgress(state, id)) ?? this.#progress;
    try {
      for await (const page of feed.follow(this.#progress.cursor, { kinds, devices }, this.#stop)) {
        for (const entry of page.entries) if (!(await this.#deliver(entry))) return;
        if (page.cursor !== this.#progress.cursor)
          await this.#save({ ...this.#progress, cursor: page.cursor });
      }
    } finally {
      await this.#record(0);
    }
  }

  /** @returns false where it was stopped, or the webhook is over */
  async #deliver({ fact, cursor }: Entry): Promise<boolean> {
    const { send, clock, secretFor, classesOf, uniform, tried, log } = this.#parts;
    const { id, url, owner } = this.#webhook;
    if (!mayRead(fact, owner)) return true;
    const change = changeOf(fact, classesOf(fact.device));
    const secret = secretOf(secretFor(id));
    while (!this.#stop.aborted && this.#mayGo()) {
      const answer = await send({ url, secret, change, now: clock.now() });
      if (answer.taken) {
        tried?.('delivered');
        await this.#save({ cursor, failingSince: null, attempts: 0, said: '' });
        await this.#record(recordEveryMs);
        return true;
      }
      const { failingSince, attempts } = this.#progress;
      const since = failingSince ?? clock.now();
      await this.#save({ ...this.#progress, failingSince: since, attempts: attempts + 1, said: answer.said });
      log.warn({ webhook: id, said: answer.said, attempts: attempts + 1 }, 'a webhook took no change');
      if (answer.gone) return this.#end('webhook.gone');
      if (clock.now() - since >= giveUpMs) return this.#end('webhook.given-up');
      tried?.('retried');
      await this.#pause(pauseAfter(attempts + 1, uniform));
    }
    return false;
  }

  async #end(reason: 'webhook.gone' | 'webhook.given-up'): Promise<false> {
    const { record, clock, random, log, tried } = this.#parts;
    tried?.('given-up');
    const { id: webhook, owner, kinds, devices } = this.#webhook;
    const fact = { kind: 'webhook.set', id: newFactId(random), at: clock.now(), device: nobody } as const;
    const rest = { webhook, owner: `${owner.role}/${owner.id}`, kinds: [...kinds], devices: [...devices] };
    await record([{ ...fact, ...rest, url: null, reason }]);
    log.info({ webhook, reason }, 'a webhook is over');
    return false;
  }

  async #save(progress: Progress): Promise<void> {
    this.#progress = progress;
    await writeProgress(this.#parts.state, this.#webhook.id, progress);
  }

  /** Puts on record how far it is, where it moved and that was not done for a while. */
  async #record(everyMs: number): Promise<void> {
    const { clock, random, record, log } = this.#parts;
    const { cursor } = this.#progress;
    if (cursor === this.#recorded || clock.monotonic() - this.#recordedAt < everyMs) return;
    this.#recordedAt = clock.monotonic();
    const fact = {
      id: newFactId(random),
      at: clock.now(),
      device: nobody,
      webhook: this.#webhook.id,
      cursor,
    };
    // The hot state has it too. Both lost, and some changes come twice.
    await record([{ kind: 'webhook.delivered', ...fact }]).then(
      () => {
        this.#recorded = cursor;
      },
      (error) => log.warn({ err: error }, 'how far a webhook is could not be put on record'),
    );
  }

  async #pause(ms: number): Promise<void> {
    const { pause = (time, signal) => sleep(time, undefined, { signal }) } = this.#parts;
    await pause(ms, this.#stop).catch(() => {});
  }
}
