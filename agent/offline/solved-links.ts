import { firstBase, firstLinkTag, linkWalkSeed, nextBase } from '../../challenges/timelock/chain.js';
import { concat, toBase64, toHex } from '../../protocol/bytes.js';
import type { OfflineReport } from '../../protocol/messages/offline.js';
import { nextTag } from '../../protocol/transcript.js';
import type { Chain } from './chain.js';

/** How far a chain is solved, and all that is needed to show it: at most 46 KB for each card and for the keys. */
export class SolvedLinks {
  readonly chain: Chain;
  /** Of each link. */
  readonly #keys: Uint8Array[] = [];
  /** Of each link, in the order of the chain's cards. */
  readonly #roots: (readonly Uint8Array[])[] = [];
  #tags: Uint8Array[];
  #base: Uint8Array;

  constructor(chain: Chain) {
    this.chain = chain;
    this.#tags = chain.cards.map(({ card }) => firstLinkTag(chain.seed, card));
    this.#base = firstBase(chain.seed);
  }

  /** Links that are solved. */
  get count(): number {
    return this.#keys.length;
  }

  /** Of the next link, 256 bytes. */
  get base(): Uint8Array {
    return this.#base;
  }

  /**
   * One more link.
   * @param key 32 bytes
   * @param roots of the walks after it, 32 bytes each, in the order of the chain's cards; `noRoot` where there was none
   */
  add(key: Uint8Array, roots: readonly Uint8Array[]): void {
    this.#keys.push(key);
    this.#roots.push(roots);
    this.#tags = this.#tags.map((tag, at) => nextTag(tag, this.count, roots[at] as Uint8Array));
    this.#base = nextBase(key, this.#tags);
  }

  /** What the verifier is told of it now; at least one link is solved. */
  report(): OfflineReport {
    const { token, cards } = this.chain;
    const tags = cards.map(({ card }, at) => ({ card, tag: toHex(this.#tags[at] as Uint8Array) }));
    const key = toHex(this.#keys.at(-1) as Uint8Array);
    return { type: 'offline.report', token, links: this.count, key, cards: tags };
  }

  /** The roots of a card of the chain, links 1 to `links`, as `offline.reveal` holds them. */
  rootsOf(card: number, links: number): string {
    const at = this.chain.cards.findIndex((one) => one.card === card);
    return toBase64(concat(...this.#roots.slice(0, links).map((roots) => roots[at] as Uint8Array)));
  }

  /** Seed of the walk of a card after a solved link. @param link from 1 */
  walkSeed(link: number, card: number): Uint8Array {
    return linkWalkSeed(this.#keys[link - 1] as Uint8Array, card);
  }
}
