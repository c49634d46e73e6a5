import { sameBytes } from '../../protocol/bytes.js';
import type { ProofCode } from '../../protocol/codes/table.js';
import type { Opening } from '../../protocol/messages/exam.js';
import type { ComputeShape } from '../../protocol/shapes.js';
import type { RecomputePages } from '../engines/engine.js';
import { leafHash, rootFromPath } from '../merkle.js';
import { networkFromSeed } from '../pages/network.js';
import { digestsOfPages } from '../pages/reference.js';
import { roundSeed } from '../pages/rounds.js';
import { startOfPage } from '../pages/start.js';
import { digestInLeaf, digestsToBytes, leafBytes, leafPages } from './leaves.js';
import { readReveals, type SentReveal } from './sent-reveals.js';

/** A commit and what was revealed of it. `roots` and `reveals` come from the device and may be anything. */
export interface ComputeReveal {
  readonly shape: ComputeShape;
  /** 32 bytes. */
  readonly seed: Uint8Array;
  /** One root of 32 bytes for each round, as committed. */
  readonly roots: readonly Uint8Array[];
  /** What was asked, in order. */
  readonly openings: readonly Opening[];
  /** What came: `Reveal[]` where the device is honest. */
  readonly reveals: unknown;
}

/** `right` counts the opened pages that follow from the seed; 0 where an earlier fault ended the check. */
export interface ComputeVerdict {
  readonly right: number;
  readonly code: ProofCode | 'proof.complete';
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
): Promise<ComputeVerdict> {
  if (proof.openings.length === 0) throw new RangeError('no openings: nothing would be proven');
  const sent = readReveals(proof.reveals, proof.openings);
  if (sent === null) return { right: 0, code: 'proof.wrong-openings' };
  if (sent.some(({ leaf }) => leaf?.length !== leafBytes))
    return { right: 0, code: 'proof.wrong-leaf-length' };
  if (!rootsFit(proof) || !sent.every((reveal) => reachesRoot(proof, reveal)))
    return { right: 0, code: 'proof.wrong-path' };
  const right = await countRight(proof, sent, recompute);
  return { right, code: right === sent.length ? 'proof.complete' : 'proof.wrong-page' };
}

function rootsFit({ shape, roots }: ComputeReveal): boolean {
  return roots.length === shape.rounds && roots.every((root) => root.length === 32);
}

function reachesRoot({ shape, roots }: ComputeReveal, { opening, leaf, path }: SentReveal): boolean {
  const root = roots[opening.round];
  if (leaf === null || path === null || root === undefined) return false;
  const index = Math.floor(opening.page / leafPages);
  const reached = rootFromPath(leafHash(leaf), index, shape.pages / leafPages, path);
  return reached !== null && sameBytes(reached, root);
}

async function countRight(
  { shape, seed, roots }: ComputeReveal,
  sent: readonly SentReveal[],
  recompute: RecomputePages,
): Promise<number> {
  const starts = new Int8Array(sent.length * shape.n);
  sent.forEach(({ opening: { round, page } }, at) => {
    const previous = round === 0 ? null : (roots[round - 1] as Uint8Array);
    starts.set(startOfPage(roundSeed(seed, round, previous), shape.n, page), at * shape.n);
  });
  const network = networkFromSeed(seed, shape.n, shape.layers);
  const digests = digestsOfPages(network, await recompute(network, starts, sent.length));
  return sent.filter(({ opening, leaf }, at) => {
    const expected = digestsToBytes(digests.subarray(at * 4, at * 4 + 4));
    return leaf !== null && sameBytes(digestInLeaf(leaf, opening.page), expected);
  }).length;
}
