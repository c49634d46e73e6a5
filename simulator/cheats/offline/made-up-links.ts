import { linkTags } from '../../../challenges/timelock/replay.js';
import { concat, fromHex, toBase64, toHex } from '../../../protocol/bytes.js';
import type {
  OfflineChain,
  OfflineOpen,
  OfflineReport,
  OfflineReveal,
} from '../../../protocol/messages/offline.js';

/** Links with roots and a key that somebody says they have: the tags follow from them as they should. */
export class MadeUpLinks {
  readonly #chain: OfflineChain;
  readonly #key: Uint8Array;
  readonly #roots: ReadonlyMap<number, readonly Uint8Array[]>;

  /**
   * @param key 32 bytes, of the last link
   * @param roots 32 bytes each, of each card of the chain as many as there are links
   */
  constructor(chain: OfflineChain, key: Uint8Array, roots: ReadonlyMap<number, readonly Uint8Array[]>) {
    this.#chain = chain;
    this.#key = key;
    this.#roots = roots;
  }

  report(): OfflineReport {
    const seed = fromHex(this.#chain.seed);
    const cards = this.#chain.cards.map(({ card }) => ({
      card,
      tag: toHex(linkTags(seed, card, this.#of(card))),
    }));
    const links = Math.max(...cards.map(({ card }) => this.#of(card).length));
    return { type: 'offline.report', token: this.#chain.token, links, key: toHex(this.#key), cards };
  }

  reveal({ seed, card, openings }: OfflineOpen): OfflineReveal {
    const leaf = toBase64(new Uint8Array(1024));
    const reveals = openings.map((opening) => ({ ...opening, leaf, path: '' }));
    return { type: 'offline.reveal', seed, card, roots: toBase64(concat(...this.#of(card))), reveals };
  }

  #of(card: number): readonly Uint8Array[] {
    return this.#roots.get(card) ?? [];
  }
}
