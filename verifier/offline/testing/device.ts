import { createReferenceTableEngine } from '../../../challenges/engines/reference-table.js';
import { buildTable, type MemoryProof, proveWalk } from '../../../challenges/memory/prover.js';
import {
  firstBase,
  firstLinkTag,
  keyOf,
  linkWalkSeed,
  nextBase,
} from '../../../challenges/timelock/chain.js';
import { knownTrapdoor } from '../../../challenges/timelock/testing/known.js';
import { concat, fromHex, toBase64, toHex } from '../../../protocol/bytes.js';
import type {
  OfflineChain,
  OfflineOpen,
  OfflineReport,
  OfflineReveal,
} from '../../../protocol/messages/offline.js';
import type { MemoryShape } from '../../../protocol/shapes.js';
import { nextTag, noRoot } from '../../../protocol/transcript.js';

/** So small that a walk of one round takes a millisecond or two by plain loops. */
export const tinyShape: MemoryShape = {
  n: 256,
  layers: 1,
  banks: 1,
  bankPages: 64,
  rounds: 2,
  walkers: 20,
  steps: 2,
};

/** Walks one round; null where there is no table. */
export type Walk = (walkSeed: Uint8Array) => Promise<MemoryProof | null>;

/** A card with its table. */
export async function cardWith(tableSeed: string): Promise<Walk> {
  const shape = { ...tinyShape, rounds: 1 };
  const prepared = await createReferenceTableEngine().prepare(shape);
  await buildTable(prepared, shape, fromHex(tableSeed));
  return (walkSeed) => proveWalk(prepared, shape, walkSeed);
}

/** The device of a test: it solves chains with the trapdoor, in no time, and walks as its cards can. */
export class SolvingDevice {
  readonly #chain: OfflineChain;
  readonly #walks: ReadonlyMap<number, Walk>;
  readonly #keys: Uint8Array[] = [];
  readonly #proofs = new Map<number, (MemoryProof | null)[]>();
  readonly #roots = new Map<number, Uint8Array[]>();
  #tags: Uint8Array[];

  constructor(chain: OfflineChain, walks: ReadonlyMap<number, Walk>) {
    this.#chain = chain;
    this.#walks = walks;
    const seed = fromHex(chain.seed);
    this.#tags = chain.cards.map(({ card }) => firstLinkTag(seed, card));
  }

  /** Goes on until so many links are solved. @param root another root than the walk's, for cheats */
  async solve(
    links: number,
    root: (card: number, link: number) => Uint8Array | null = () => null,
  ): Promise<this> {
    const { seed, squarings, cards } = this.#chain;
    const power = knownTrapdoor.power(squarings);
    for (let link = this.#keys.length + 1; link <= links; link++) {
      const before = this.#keys.at(-1);
      const base = before === undefined ? firstBase(fromHex(seed)) : nextBase(before, this.#tags);
      const key = keyOf(power(base));
      this.#keys.push(key);
      for (const [at, { card }] of cards.entries()) {
        const made = root(card, link);
        const proof =
          made === null ? ((await this.#walks.get(card)?.(linkWalkSeed(key, card))) ?? null) : null;
        const found = made ?? proof?.roots[0] ?? noRoot;
        list(this.#proofs, card).push(proof);
        list(this.#roots, card).push(found);
        this.#tags[at] = nextTag(this.#tags[at] as Uint8Array, link, found);
      }
    }
    return this;
  }

  report(): OfflineReport {
    const cards = this.#chain.cards.map(({ card }, at) => ({
      card,
      tag: toHex(this.#tags[at] as Uint8Array),
    }));
    const key = toHex(this.#keys.at(-1) ?? noRoot);
    return { type: 'offline.report', token: this.#chain.token, links: this.#keys.length, key, cards };
  }

  reveal({ seed, card, openings }: OfflineOpen): OfflineReveal {
    const reveals = openings.flatMap(({ link, walker }) => {
      const [one] = this.#proofs.get(card)?.[link - 1]?.reveal([{ round: 0, walker }]) ?? [];
      return one === undefined ? [] : [{ link, walker, leaf: one.leaf, path: one.path }];
    });
    const roots = toBase64(concat(...(this.#roots.get(card) ?? [])));
    return { type: 'offline.reveal', seed, card, roots, reveals };
  }
}

function list<T>(lists: Map<number, T[]>, card: number): T[] {
  const known = lists.get(card) ?? [];
  lists.set(card, known);
  return known;
}
