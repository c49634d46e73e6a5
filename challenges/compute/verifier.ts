import { sameBytes } from '../../protocol/bytes.js';
import type { Opening } from '../../protocol/messages/reveals.js';
import type { ComputeShape } from '../../protocol/shapes.js';
import type { RecomputePages } from '../engines/engine.js';
import { seededNetwork } from '../pages/network.js';
import { digestsOfPages } from '../pages/reference.js';
import { roundSeed } from '../pages/rounds.js';
import { startOfPage } from '../pages/start.js';
import { type CommittedReveal, committedLeaves } from '../proofs/committed-leaves.js';
import type { ProofVerdict } from '../proofs/verdict.js';
import { digestInLeaf, digestsToBytes, leafBytes, leafPages } from './leaves.js';

/** A commit of a compute exam and what was revealed of it. */
export interface ComputeReveal extends CommittedReveal<Opening> {
  readonly shape: ComputeShape;
  /** 32 bytes. */
  readonly seed: Uint8Array;
}

/**
 * Judges a reveal (docs/protocol.md section 2). Faults are looked for from cheap to dear, each over all reveals before the
 * next, so of several faults always the same one is named: other openings, leaf length, path, page.
 *
 * Proven is: each *opened page* was computed as committed. The 63 other digests of an opened leaf are committed to but
 * not recomputed; they have their own chance of being opened.
 *
 * Never throws on what a device sent. Rejects only by our own fault: when `recompute` does, or with a RangeError when
 * no page was asked for, which would prove nothing.
 */
export async function checkComputeReveal(
  proof: ComputeReveal,
  recompute: RecomputePages,
): Promise<ProofVerdict> {
  const { shape, openings } = proof;
  const leaves = committedLeaves(proof, {
    rounds: shape.rounds,
    leaves: shape.pages / leafPages,
    leafOf: ({ page }) => Math.floor(page / leafPages),
    leafBytes: () => leafBytes,
  });
  if (typeof leaves === 'string') return { right: 0, code: leaves };
  const digests = await recomputedDigests(proof, recompute);
  const right = openings.filter(({ page }, at) => {
    const expected = digestsToBytes(digests.subarray(at * 4, at * 4 + 4));
    return sameBytes(digestInLeaf(leaves[at] as Uint8Array, page), expected);
  }).length;
  return { right, code: right === openings.length ? 'proof.complete' : 'proof.wrong-page' };
}

/** Digests of the opened pages, 4 int32 each, in one batched product. */
async function recomputedDigests(
  { shape, seed, roots, openings }: ComputeReveal,
  recompute: RecomputePages,
): Promise<Int32Array> {
  const starts = new Int8Array(openings.length * shape.n);
  openings.forEach(({ round, page }, at) => {
    const previous = round === 0 ? null : (roots[round - 1] as Uint8Array);
    starts.set(startOfPage(roundSeed(seed, round, previous), shape.n, page), at * shape.n);
  });
  const network = seededNetwork(seed, shape.n, shape.layers);
  const pagesOf = await recompute(network);
  return digestsOfPages(network, await pagesOf(starts, openings.length));
}
