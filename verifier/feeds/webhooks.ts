import type { Clock, RandomBytes } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import { newFactId, newWebhookId } from '../../protocol/ids.js';
import { nobody } from '../../scoring/facts/base.js';
import type { Fact } from '../../scoring/facts/facts.js';
import type { HotState } from '../state/state.js';
import type { Reader } from './change.js';
import type { ChangeLog } from './change-log.js';
import { writeCursor } from './cursor.js';
import { type Progress, readProgress } from './progress.js';
import { secretOf } from './send.js';
import { findTarget, type TargetRules } from './target.js';
import { isSame, ownerOf, type Webhook, type WebhookBook } from './webhook-book.js';

/** Webhooks of one key. */
const mostOfOne = 20;

export interface WebhooksParts {
  readonly book: WebhookBook;
  readonly log: Pick<ChangeLog, 'ends'>;
  readonly state: Pick<HotState, 'get'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: RandomBytes;
  readonly rules: TargetRules;
  readonly secretFor: (webhook: string) => Uint8Array;
  readonly record: (facts: readonly Fact[]) => Promise<void>;
}

export interface WebhookRequest {
  readonly url: string;
  readonly kinds?: readonly string[];
  readonly devices?: readonly string[];
}

/** What owners do with their webhooks. */
export class Webhooks {
  readonly #parts: WebhooksParts;

  constructor(parts: WebhooksParts) {
    this.#parts = parts;
  }

  /**
   * Makes a webhook that is told of all that comes from now on.
   * @returns it with its signing secret
   * @throws TouchstoneError `webhook.too-many`, `webhook.target-refused`, `journal.full`, `service.storage-unavailable`
   */
  async add(owner: Reader, asked: WebhookRequest): Promise<{ webhook: Webhook; secret: string }> {
    const { book, log, clock, random, rules, record, secretFor } = this.#parts;
    if (book.of(owner).length >= mostOfOne) throw new TouchstoneError('webhook.too-many');
    const { url } = await findTarget(asked.url, rules);
    const cursor = writeCursor(await log.ends());
    const id = newWebhookId(random);
    const base = { at: clock.now(), device: nobody, webhook: id };
    await record([
      {
        kind: 'webhook.set',
        id: newFactId(random),
        ...base,
        owner: ownerOf(owner),
        url: url.href,
        kinds: [...(asked.kinds ?? [])],
        devices: [...(asked.devices ?? [])],
        reason: '',
      },
      { kind: 'webhook.delivered', id: newFactId(random), ...base, cursor },
    ]);
    return { webhook: this.#own(owner, id), secret: secretOf(secretFor(id)) };
  }

  /** Those of a key, for an operator all of them, and how each stands. @throws TouchstoneError `service.busy` */
  async list(owner: Reader): Promise<{ webhook: Webhook; progress: Progress | null }[]> {
    const { book, state } = this.#parts;
    return Promise.all(
      (owner.role === 'operator' ? book.all() : book.of(owner)).map(async (webhook) => ({
        webhook,
        progress: await readProgress(state, webhook.id),
      })),
    );
  }

  /** @throws TouchstoneError `webhook.unknown`, `journal.full`, `service.storage-unavailable` */
  async remove(owner: Reader, id: string): Promise<void> {
    const { clock, random, record } = this.#parts;
    const { kinds, devices, ...webhook } = this.#own(owner, id);
    await record([
      {
        kind: 'webhook.set',
        id: newFactId(random),
        at: clock.now(),
        device: nobody,
        webhook: id,
        owner: ownerOf(webhook.owner),
        url: null,
        kinds: [...kinds],
        devices: [...devices],
        reason: 'webhook.removed',
      },
    ]);
  }

  /** An operator may remove any: a receiver that complains is not the owner. */
  #own(owner: Reader, id: string): Webhook {
    const webhook = this.#parts.book.get(id);
    if (webhook === undefined || !(owner.role === 'operator' || isSame(webhook.owner, owner)))
      throw new TouchstoneError('webhook.unknown');
    return webhook;
  }
}
