import { nextTag, noRoot } from '../../protocol/transcript.js';
import { firstBase, firstLinkTag, keyOf, linkWalkSeed, nextBase } from './chain.js';

/** A chain as far as it was solved. */
export interface SolvedChain {
  /** 32 bytes. */
  readonly seed: Uint8Array;
  /** Its cards, ascending: all that were named when it was made. May be none. */
  readonly cards: readonly number[];
  /** Links that were solved, at least 1. */
  readonly links: number;
}

/** What follows from a chain and from the walks after its links. */
export interface ReplayedChain {
  /** Key of the last link, 32 bytes. */
  readonly key: Uint8Array;
  /** Tag of each card after the last link, 32 bytes. */
  readonly tags: Map<number, Uint8Array>;
  /**
   * Seed of the walk that a card did after a link, 32 bytes.
   * @param link from 1
   * @throws RangeError for a link or card that the chain does not have
   */
  walkSeed(link: number, card: number): Uint8Array;
}

/**
 * Goes through a chain as an honest device did (docs/protocol.md section 4): each base follows from the solution before it
 * and from the roots that the cards say their walks had. Only who walked before it went on has the key of the last link.
 *
 * @param solve 256 bytes → 256 bytes: all squarings of one link, such as `Trapdoor.power`
 * @param roots of each card one of 32 bytes a link, link 1 first; `noRoot` where it did not walk
 * @throws RangeError where cards or roots are not as described: what a device sent has been looked at before
 */
export function replayChain(
  solve: (base: Uint8Array) => Uint8Array,
  { seed, cards, links }: SolvedChain,
  roots: ReadonlyMap<number, readonly Uint8Array[]>,
): ReplayedChain {
  if (!Number.isSafeInteger(links) || links < 1) throw new RangeError(`${links} links`);
  if (cards.some((card, at) => at > 0 && card <= (cards[at - 1] as number)))
    throw new RangeError('the cards of a chain ascend');
  const walked = cards.map((card) => rootsOf(card, links, roots));
  let tags = cards.map((card) => firstLinkTag(seed, card));
  let base = firstBase(seed);
  const keys: Uint8Array[] = [];
  for (let link = 1; link <= links; link++) {
    const key = keyOf(solve(base));
    keys.push(key);
    tags = tags.map((tag, at) => nextTag(tag, link, walked[at]?.[link - 1] ?? noRoot));
    base = nextBase(key, tags);
  }
  return {
    key: keys[links - 1] as Uint8Array,
    tags: new Map(cards.map((card, at) => [card, tags[at] as Uint8Array])),
    walkSeed(link, card) {
      const key = keys[link - 1];
      if (key === undefined || !cards.includes(card)) throw new RangeError(`no link ${link} of card ${card}`);
      return linkWalkSeed(key, card);
    },
  };
}

/**
 * Tag of a card after as many links as it has roots: what a device has to have reported of them, found without a squaring.
 * @param seed 32 bytes, of the chain
 * @param roots 32 bytes each, link 1 first
 */
export function linkTags(seed: Uint8Array, card: number, roots: readonly Uint8Array[]): Uint8Array {
  return roots.reduce((tag, root, at) => nextTag(tag, at + 1, root), firstLinkTag(seed, card));
}

function rootsOf(
  card: number,
  links: number,
  roots: ReadonlyMap<number, readonly Uint8Array[]>,
): readonly Uint8Array[] {
  const own = roots.get(card);
  if (own?.length !== links || own.some((root) => root.length !== noRoot.length))
    throw new RangeError(`card ${card} has not one root of 32 bytes for each of ${links} links`);
  return own;
}
