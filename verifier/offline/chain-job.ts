import { firstBase, keyOf } from '../../challenges/timelock/chain.js';
import { replayChain } from '../../challenges/timelock/replay.js';
import type { Trapdoor } from '../../challenges/timelock/trapdoor.js';
import { splitRoots } from './roots.js';

/** A chain as it was reported, and of which of its walks the seeds are wanted. All bytes plain: they go to a thread. */
export interface ChainJob {
  /** 32 bytes. */
  readonly seed: Uint8Array;
  readonly squarings: number;
  readonly links: number;
  /** Ascending by card, with `32 · links` bytes each. */
  readonly cards: readonly { readonly card: number; readonly roots: Uint8Array }[];
  readonly wanted: readonly { readonly link: number; readonly card: number }[];
}

export interface SolvedJob {
  /** Of the last link, 32 bytes. */
  readonly key: Uint8Array;
  /** 32 bytes for each that was wanted. */
  readonly walkSeeds: readonly Uint8Array[];
}

/**
 * Makes every link of a chain with the trapdoor. A trial is a chain of one link and no cards.
 * @throws RangeError where a number is none that we hand out
 */
export function runChainJob(
  trapdoor: Pick<Trapdoor, 'power'>,
  { seed, squarings, links, cards, wanted }: ChainJob,
): SolvedJob {
  const solve = trapdoor.power(squarings);
  if (links === 1 && cards.length === 0) return { key: keyOf(solve(firstBase(seed))), walkSeeds: [] };
  const roots = new Map(cards.map((one) => [one.card, splitRoots(one.roots)]));
  const chain = { seed, links, cards: cards.map(({ card }) => card) };
  const { key, walkSeed } = replayChain(solve, chain, roots);
  return { key, walkSeeds: wanted.map(({ link, card }) => walkSeed(link, card)) };
}
