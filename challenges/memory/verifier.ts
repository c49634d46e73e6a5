import type { WalkerOpening } from '../../protocol/messages/reveals.js';
import type { MemoryShape } from '../../protocol/shapes.js';
import type { RecomputePages } from '../engines/engine.js';
import { seededNetwork } from '../pages/network.js';
import { startOfPage } from '../pages/start.js';
import { type CommittedReveal, committedLeaves } from '../proofs/committed-leaves.js';
import type { ProofVerdict } from '../proofs/verdict.js';
import { coefficients, walkKeys } from './keys.js';
import { leafCount, leafLength, leafWalkers, resultInLeaf } from './leaves.js';
import { tableRoundSeed } from './source.js';
import { bankOf, firstState, nextState, pageIndex } from './walk.js';

/** A commit of a memory exam and what was revealed of it. */
export interface MemoryReveal extends CommittedReveal<WalkerOpening> {
  readonly shape: MemoryShape;
  /** 32 bytes, of the table. */
  readonly tableSeed: Uint8Array;
  /** 32 bytes, of the walk. */
  readonly walkSeed: Uint8Array;
}

/**
 * Judges a reveal (docs/protocol.md section 3). Faults are looked for from cheap to dear, each over all reveals before the
 * next, so of several faults always the same one is named: other openings, leaf length, path, walk.
 *
 * Proven is: each *opened walker* went the way that its table gives, so each of its `steps` pages was there when it was
 * read, or was computed then. The 255 other results of its leaf are committed to and have their own chance.
 *
 * Never throws on what a device sent. Rejects only by our own fault: when `recompute` does, or with a RangeError when
 * no walker was asked for, which would prove nothing.
 */
export async function checkMemoryReveal(
  proof: MemoryReveal,
  recompute: RecomputePages,
): Promise<ProofVerdict> {
  const { shape, openings } = proof;
  const leaves = committedLeaves(proof, {
    rounds: shape.rounds,
    leaves: leafCount(shape.walkers),
    leafOf: ({ walker }) => Math.floor(walker / leafWalkers),
    leafBytes: (index) => leafLength(shape.walkers, index),
  });
  if (typeof leaves === 'string') return { right: 0, code: leaves };
  const results = await walkAgain(proof, recompute);
  const right = openings.filter(
    ({ walker }, at) => resultInLeaf(leaves[at] as Uint8Array, walker) === results[at],
  ).length;
  return { right, code: right === openings.length ? 'proof.complete' : 'proof.wrong-walk' };
}

/** The opened walkers' results. All walk in step: the pages of one step are one batched product. */
async function walkAgain(
  { shape, tableSeed, walkSeed, roots, openings }: MemoryReveal,
  recompute: RecomputePages,
): Promise<Uint32Array> {
  const { n, banks, bankPages } = shape;
  const walkers = openings.map(({ round, walker }) => {
    const keys = walkKeys(walkSeed, round, round === 0 ? null : (roots[round - 1] as Uint8Array));
    return { keys, firstPage: bankOf(walker, keys, banks) * bankPages, start: firstState(walker, keys) };
  });
  const states = Uint32Array.from(walkers, ({ start }) => start);
  const pagesOf = await recompute(seededNetwork(tableSeed, n, shape.layers));
  const multipliers = coefficients(tableSeed, n);
  const roundSeed = tableRoundSeed(tableSeed);
  const starts = new Int8Array(openings.length * n);
  for (let t = 0; t < shape.steps; t++) {
    walkers.forEach(({ firstPage }, at) => {
      const page = firstPage + pageIndex(states[at] as number, bankPages);
      starts.set(startOfPage(roundSeed, n, page), at * n);
    });
    const pages = await pagesOf(starts, openings.length);
    walkers.forEach(({ keys }, at) => {
      const page = pages.subarray(at * n, (at + 1) * n);
      states[at] = nextState(states[at] as number, page, multipliers, keys[t % 8] as number);
    });
  }
  return states;
}
