import { sameBytes, u32 } from '../../protocol/bytes.js';
import type {
  LinkOpening,
  LinkReveal,
  WalkerOpening,
  WalkerReveal,
} from '../../protocol/messages/reveals.js';
import { hashOf, noRoot } from '../../protocol/transcript.js';

/** A hash has eight words: a score and a walker for each place. */
const mostPlaces = 4;

/**
 * Which walkers of which links are opened: for each place the link whose number of our secret is the lowest. So they follow from
 * the chain and from what only we know, and nothing of it is drawn anew: who does not like what is asked, breaks the line off
 * and reports again, with some links more, is asked the same or a link that is as new to it.
 *
 * @param secret 32 bytes, of this chain and card
 * @param links at least 1
 * @param walkers of a walk
 * @param count at most 4; fewer are opened where two places fall on one walker
 */
export function chooseLinks(
  secret: Uint8Array,
  links: number,
  walkers: number,
  count: number,
): LinkOpening[] {
  const lowest = Array.from({ length: Math.min(count, mostPlaces) }, () => ({
    link: 0,
    score: Number.POSITIVE_INFINITY,
    walker: 0,
  }));
  for (let link = 1; link <= links; link++) {
    const hash = hashOf(secret, u32(link));
    const words = new DataView(hash.buffer, hash.byteOffset);
    for (const [place, best] of lowest.entries()) {
      const score = words.getUint32(8 * place, true);
      if (score >= best.score) continue;
      lowest[place] = { link, score, walker: words.getUint32(8 * place + 4, true) % walkers };
    }
  }
  const chosen = new Map(lowest.map(({ link, walker }) => [`${link} ${walker}`, { link, walker }]));
  return [...chosen.values()];
}

/** What is opened of one walk, and what came of it. */
export interface OpenedLink {
  readonly link: number;
  readonly root: Uint8Array;
  /** As openings and reveals of a walk of one round. */
  readonly openings: WalkerOpening[];
  readonly reveals: WalkerReveal[];
}

/**
 * Sorts what was revealed by links. A link after which the card did not walk has nothing to be opened.
 * @param roots of the card's links
 * @returns null where something that there should be is missing, or is not what was asked for
 */
export function openedLinks(
  asked: readonly LinkOpening[],
  roots: readonly Uint8Array[],
  reveals: readonly LinkReveal[],
): OpenedLink[] | null {
  const found = new Map(reveals.map((reveal) => [`${reveal.link} ${reveal.walker}`, reveal]));
  const links = new Map<number, OpenedLink>();
  for (const { link, walker } of asked) {
    const root = roots[link - 1] ?? noRoot;
    if (sameBytes(root, noRoot)) continue;
    const reveal = found.get(`${link} ${walker}`);
    if (reveal === undefined) return null;
    const opened = links.get(link) ?? { link, root, openings: [], reveals: [] };
    links.set(link, opened);
    opened.openings.push({ round: 0, walker });
    opened.reveals.push({ round: 0, walker, leaf: reveal.leaf, path: reveal.path });
  }
  return [...links.values()];
}

/** Links after which the card walked, by what it says. */
export const walkedLinks = (roots: readonly Uint8Array[]): number =>
  roots.filter((root) => !sameBytes(root, noRoot)).length;
