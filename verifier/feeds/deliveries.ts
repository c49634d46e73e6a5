import { setTimeout as sleep } from 'node:timers/promises';
import type { Reader } from './change.js';
import { type DeliveryParts, WebhookDelivery } from './delivery.js';
import type { Turn } from './turn.js';
import { isSame, type WebhookBook } from './webhook-book.js';

export interface DeliveriesParts extends DeliveryParts {
  readonly book: WebhookBook;
  readonly turn: Turn;
  /** Who has a key now. What was asked for with a key that was removed is not delivered. */
  readonly holders: () => Promise<readonly Reader[]>;
}

interface Running {
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/** Delivers to all webhooks while it is this verifier's turn; the other verifiers only watch. */
export class Deliveries {
  readonly #parts: DeliveriesParts;
  readonly #running = new Map<string, Running>();
  readonly #closing = new AbortController();
  #looking: Promise<void> = Promise.resolve();

  constructor(parts: DeliveriesParts) {
    this.#parts = parts;
  }

  /** Webhooks that this verifier delivers to now. */
  get running(): number {
    return this.#running.size;
  }

  start(): void {
    this.#looking = this.#look();
  }

  /** Ends all that is being delivered, and lets another verifier go on at once. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#looking;
    await this.#stopAll();
    await this.#parts.turn.give();
  }

  async #look(): Promise<void> {
    const { turn, log } = this.#parts;
    while (!this.#closing.signal.aborted) {
      await this.#keepUp().catch((error) => log.warn({ err: error }, 'webhooks wait'));
      await sleep(turn.everyMs, undefined, { signal: this.#closing.signal }).catch(() => {});
    }
  }

  async #keepUp(): Promise<void> {
    const { turn, book, holders } = this.#parts;
    if (!(await turn.take())) return this.#stopAll();
    const living = await holders();
    const due = book.all().filter(({ owner }) => living.some((holder) => isSame(holder, owner)));
    for (const [id, { stop }] of this.#running) if (!due.some((one) => one.id === id)) stop.abort();
    for (const webhook of due) if (!this.#running.has(webhook.id)) this.#begin(webhook.id);
  }

  #begin(id: string): void {
    const { book, turn, log } = this.#parts;
    const webhook = book.get(id);
    if (webhook === undefined) return;
    const stop = new AbortController();
    const done = new WebhookDelivery(this.#parts, webhook, () => turn.ours, stop.signal)
      .run()
      .catch((error) => log.warn({ err: error, webhook: id }, 'a webhook waits'))
      .finally(() => this.#running.delete(id));
    this.#running.set(id, { stop, done });
  }

  async #stopAll(): Promise<void> {
    const running = [...this.#running.values()];
    for (const { stop } of running) stop.abort();
    await Promise.all(running.map(({ done }) => done));
  }
}
