import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextTag, noRoot } from '../../protocol/transcript.js';
import { firstBase, firstLinkTag, keyOf, linkWalkSeed, nextBase } from './chain.js';
import { linkTags, replayChain } from './replay.js';
import { knownTrapdoor, squaredPlainly } from './testing/known.js';

const squarings = 40;
const seed = new Uint8Array(32).fill(7);
const solve = knownTrapdoor.power(squarings);

/** What a walk of this seed would give: only that it depends on the seed matters here. */
const rootOfWalk = (walkSeed: Uint8Array) => keyOf(walkSeed);

/** A device that goes through a chain, squaring after squaring, and does walks of which `walks` says whether they come about. */
function solved(cards: readonly number[], links: number, walks = (_link: number, _card: number) => true) {
  let base = firstBase(seed);
  let key = new Uint8Array(0);
  const roots = new Map(cards.map((card): [number, Uint8Array[]] => [card, []]));
  const tags = new Map(cards.map((card) => [card, firstLinkTag(seed, card)]));
  const seeds: Uint8Array[][] = [];
  for (let link = 1; link <= links; link++) {
    key = new Uint8Array(keyOf(squaredPlainly(knownTrapdoor.modulus, base, squarings)));
    const ofLink = cards.map((card) => linkWalkSeed(key, card));
    seeds.push(ofLink);
    for (const [at, card] of cards.entries()) {
      const root = walks(link, card) ? rootOfWalk(ofLink[at] as Uint8Array) : noRoot;
      roots.get(card)?.push(root);
      tags.set(card, nextTag(tags.get(card) as Uint8Array, link, root));
    }
    base = nextBase(
      key,
      cards.map((card) => tags.get(card) as Uint8Array),
    );
  }
  return { key, roots, tags, seeds };
}

const honest = solved([0, 2, 5], 4);
const chain = { seed, cards: [0, 2, 5], links: 4 };

describe('replayChain', () => {
  it('comes to the key, the tags and the walk seeds of a device that squared and walked', () => {
    const { key, tags, walkSeed } = replayChain(solve, chain, honest.roots);
    expect(key).toEqual(honest.key);
    expect(tags).toEqual(honest.tags);
    for (let link = 1; link <= 4; link++)
      expect(chain.cards.map((card) => walkSeed(link, card))).toEqual(honest.seeds[link - 1]);
  });

  it('does so for any part of a chain, any cards, and walks that did not come about', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(63), { maxLength: 3 }),
        fc.integer({ min: 1, max: 4 }),
        fc.func(fc.boolean()),
        (anyCards, links, walks) => {
          const cards = anyCards.sort((a, b) => a - b);
          const device = solved(cards, links, walks);
          const { key, tags } = replayChain(solve, { seed, cards, links }, device.roots);
          expect(key).toEqual(device.key);
          expect(tags).toEqual(device.tags);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('asks for one solution a link', () => {
    let asked = 0;
    const counted = (base: Uint8Array) => {
      asked += 1;
      return solve(base);
    };
    replayChain(counted, chain, honest.roots);
    expect(asked).toBe(4);
  });

  it('comes to another key where any root but those after the last link is another one', () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 2, 5), fc.integer({ min: 0, max: 3 }), fc.nat(255), (card, at, bit) => {
        const roots = new Map(honest.roots);
        const changed = (roots.get(card) as Uint8Array[]).map((root) => Uint8Array.from(root));
        const root = changed[at] as Uint8Array;
        root[bit >> 3] = (root[bit >> 3] as number) ^ (1 << (bit & 7));
        roots.set(card, changed);
        const { key, tags } = replayChain(solve, chain, roots);
        expect(tags.get(card)).not.toEqual(honest.tags.get(card));
        // The last walk comes after the last solution: only its tag can tell.
        if (at < 3) expect(key).not.toEqual(honest.key);
        else expect(key).toEqual(honest.key);
      }),
      { numRuns: 20 },
    );
  });

  it('gives each card, link and chain a walk of its own', () => {
    const { walkSeed } = replayChain(solve, chain, honest.roots);
    const other = replayChain(solve, { ...chain, seed: new Uint8Array(32) }, honest.roots);
    const all = [walkSeed, other.walkSeed].flatMap((seedOf) =>
      [1, 2, 3, 4].flatMap((link) =>
        chain.cards.map((card) => Buffer.from(seedOf(link, card)).toString('hex')),
      ),
    );
    expect(new Set(all).size).toBe(24);
  });

  it('refuses roots and cards that do not belong to the chain', () => {
    const three = new Map(honest.roots).set(2, (honest.roots.get(2) as Uint8Array[]).slice(1));
    const short = new Map(honest.roots).set(
      5,
      Array.from({ length: 4 }, () => new Uint8Array(31)),
    );
    for (const roots of [three, short, new Map()])
      expect(() => replayChain(solve, chain, roots)).toThrow(RangeError);
    for (const cards of [
      [2, 0, 5],
      [0, 0, 5],
    ])
      expect(() => replayChain(solve, { ...chain, cards }, honest.roots)).toThrow(RangeError);
    for (const links of [0, -1, 1.5])
      expect(() => replayChain(solve, { ...chain, links }, honest.roots)).toThrow(RangeError);
    const { walkSeed } = replayChain(solve, chain, honest.roots);
    for (const [link, card] of [
      [0, 0],
      [5, 0],
      [1, 1],
    ] as const)
      expect(() => walkSeed(link, card)).toThrow(RangeError);
  });
});

describe('linkTags', () => {
  it('finds the last tag of a card from its roots alone', () => {
    for (const card of chain.cards)
      expect(linkTags(seed, card, honest.roots.get(card) ?? [])).toEqual(honest.tags.get(card));
  });

  it('is another tag for another card, chain, order or number of roots', () => {
    const roots = honest.roots.get(0) as Uint8Array[];
    const tags = [
      linkTags(seed, 0, roots),
      linkTags(seed, 1, roots),
      linkTags(new Uint8Array(32), 0, roots),
      linkTags(seed, 0, [...roots].reverse()),
      linkTags(seed, 0, roots.slice(1)),
      linkTags(seed, 0, []),
    ];
    expect(new Set(tags.map((tag) => Buffer.from(tag).toString('hex'))).size).toBe(tags.length);
  });
});
