import type { Fact } from '../../scoring/facts/facts.js';
import type { WebhookSetFact } from '../../scoring/facts/webhook.js';
import type { Reader } from './change.js';

/** A webhook as it stands. Times in milliseconds since 1970 UTC. */
export interface Webhook {
  readonly id: string;
  readonly owner: Reader;
  readonly url: string;
  readonly kinds: readonly string[];
  readonly devices: readonly string[];
  readonly createdAt: number;
  /** How far it was delivered, as far as it is on record; null before the first. */
  readonly cursor: string | null;
}

/** All webhooks, as facts say: those of this verifier, and those that others tell of. Removed ones are not kept. */
export class WebhookBook {
  readonly #webhooks = new Map<string, Webhook>();
  readonly #removed = new Set<string>();

  get(id: string): Webhook | undefined {
    return this.#webhooks.get(id);
  }

  all(): Webhook[] {
    return [...this.#webhooks.values()];
  }

  /** Those of one key, oldest first. */
  of(owner: Reader): Webhook[] {
    return this.all()
      .filter((webhook) => isSame(webhook.owner, owner))
      .sort((a, b) => a.createdAt - b.createdAt);
  }

  /** Takes in facts in any order, and any of them more than once. */
  apply(facts: readonly Fact[]): void {
    for (const fact of facts) {
      if (fact.kind === 'webhook.set') this.#set(fact);
      if (fact.kind === 'webhook.delivered') {
        const webhook = this.#webhooks.get(fact.webhook);
        if (webhook !== undefined) this.#webhooks.set(webhook.id, { ...webhook, cursor: fact.cursor });
      }
    }
  }

  #set({ webhook: id, owner, url, kinds, devices, at }: WebhookSetFact): void {
    if (url === null) {
      this.#removed.add(id);
      this.#webhooks.delete(id);
    } else if (!this.#removed.has(id) && !this.#webhooks.has(id)) {
      this.#webhooks.set(id, {
        id,
        owner: readOwner(owner),
        url,
        kinds,
        devices,
        createdAt: at,
        cursor: null,
      });
    }
  }
}

/** The owner as facts have it. */
export const ownerOf = ({ role, id }: Reader): string => `${role}/${id}`;

function readOwner(text: string): Reader {
  const slash = text.indexOf('/');
  return { role: text.slice(0, slash) as Reader['role'], id: text.slice(slash + 1) };
}

export const isSame = (a: Reader, b: Reader): boolean => a.role === b.role && a.id === b.id;
