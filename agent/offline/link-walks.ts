import { linkWalkSeed } from '../../challenges/timelock/chain.js';
import { noRoot } from '../../protocol/transcript.js';
import type { ResidentWalks } from '../exam/resident-walks.js';
import type { Chain } from './chain.js';
import { within } from './within.js';

/** Longest wait for the walks of one link: an exam that is in progress comes first. */
const patienceMs = 120_000;

/**
 * The walks between two links, one round on each card of the chain. A card that does not answer is passed over until it
 * does: it may not end the proof of the others.
 */
export class LinkWalks {
  readonly #walks: ResidentWalks;
  /** Cards that have not answered yet. */
  readonly #busy = new Set<number>();

  constructor(walks: ResidentWalks) {
    this.#walks = walks;
  }

  /**
   * Walks for the key of a link.
   * @param signal ends the wait; what is returned then is of no use
   * @returns a root for each card of the chain, in its order; `noRoot` where it could not walk
   */
  async roots({ cards }: Chain, key: Uint8Array, signal: AbortSignal): Promise<Uint8Array[]> {
    const found = cards.map(() => noRoot);
    const walks = cards.map(async ({ card, tableSeed }, at) => {
      found[at] = await this.#one(card, tableSeed, linkWalkSeed(key, card));
    });
    await within(patienceMs, signal, Promise.all(walks));
    // A root that comes later must not change the link.
    return [...found];
  }

  async #one(card: number, tableSeed: string, walkSeed: Uint8Array): Promise<Uint8Array> {
    if (this.#busy.has(card)) return noRoot;
    this.#busy.add(card);
    try {
      const roots = await this.#walks.walk(card, tableSeed, walkSeed, 1);
      return roots?.[0] ?? noRoot;
    } catch {
      // Its engine failed. The next link, probe or exam shows whether it came back.
      return noRoot;
    } finally {
      this.#busy.delete(card);
    }
  }
}
