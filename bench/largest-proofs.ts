import { randomBytes, randomInt } from 'node:crypto';
import { digestBytes, digestsToBytes, leafBytes, leafPages } from '../challenges/compute/leaves.js';
import type { RecomputePages } from '../challenges/engines/engine.js';
import { coefficients, walkKeys } from '../challenges/memory/keys.js';
import {
  leafCount,
  leafLength,
  leafWalkers,
  resultBytes,
  resultsToBytes,
} from '../challenges/memory/leaves.js';
import { tableRoundSeed } from '../challenges/memory/source.js';
import { bankOf, firstState, nextState, pageIndex } from '../challenges/memory/walk.js';
import { leafHash, rootFromPath } from '../challenges/merkle.js';
import { seededNetwork } from '../challenges/pages/network.js';
import { digestsOfPages } from '../challenges/pages/reference.js';
import { roundSeed } from '../challenges/pages/rounds.js';
import { startOfPage } from '../challenges/pages/start.js';
import { concat, toBase64 } from '../protocol/bytes.js';
import { limits } from '../protocol/limits.js';
import type { Reveal, WalkerReveal } from '../protocol/messages/reveals.js';
import type { Proof } from '../verifier/proofs/proof.js';

// Proofs of the largest shapes for a check to be timed on, made without the work that they would prove: of each round's
// tree there is only the one leaf that is opened, and its path.

const random = (length: number) => new Uint8Array(randomBytes(length));

/** A leaf with its own bytes in place and a path of random nodes, under the root that they lead to. */
function committed(own: Uint8Array, offset: number, length: number, index: number, leaves: number) {
  const leaf = random(length);
  leaf.set(own, offset);
  const path = Array.from({ length: Math.log2(leaves) }, () => random(32));
  const root = rootFromPath(leafHash(leaf), index, leaves, path) as Uint8Array;
  return { root, leaf: toBase64(leaf), path: toBase64(concat(...path)) };
}

/** A complete compute proof with one opening in each of so many rounds of 2^20 pages. */
export async function largestComputeProof(
  n: 1024,
  layers: number,
  openings: number,
  recompute: RecomputePages,
): Promise<Proof & { readonly part: 'compute'; readonly reveals: Reveal[] }> {
  const shape = { n, layers, pages: limits.pages, rounds: openings };
  const seed = random(32);
  const network = seededNetwork(seed, n, layers);
  const pagesOf = await recompute(network);
  const roots: Uint8Array[] = [];
  const reveals: Reveal[] = [];
  for (let round = 0; round < openings; round++) {
    const page = randomInt(shape.pages);
    const pages = await pagesOf(startOfPage(roundSeed(seed, round, roots.at(-1) ?? null), n, page), 1);
    const own = digestsToBytes(digestsOfPages(network, pages));
    const offset = (page % leafPages) * digestBytes;
    const leaves = shape.pages / leafPages;
    const { root, ...shown } = committed(own, offset, leafBytes, Math.floor(page / leafPages), leaves);
    roots.push(root);
    reveals.push({ round, page, ...shown });
  }
  const asked = reveals.map(({ round, page }) => ({ round, page }));
  return { part: 'compute', shape, seed, roots, openings: asked, reveals };
}

/** A complete memory proof with one opening in each of so many rounds of 2^22 walkers, on a table of 64 GiB. */
export async function largestMemoryProof(
  n: 1024,
  layers: number,
  steps: number,
  openings: number,
  recompute: RecomputePages,
): Promise<Proof & { readonly part: 'memory'; readonly reveals: WalkerReveal[] }> {
  const shape = {
    n,
    layers,
    banks: 64,
    bankPages: 2 ** 20,
    rounds: openings,
    walkers: limits.walkers,
    steps,
  };
  const tableSeed = random(32);
  const walkSeed = random(32);
  const pagesOf = await recompute(seededNetwork(tableSeed, n, layers));
  const roots: Uint8Array[] = [];
  const reveals: WalkerReveal[] = [];
  for (let round = 0; round < openings; round++) {
    const walker = randomInt(shape.walkers);
    const keys = walkKeys(walkSeed, round, roots.at(-1) ?? null);
    const bank = bankOf(walker, keys, shape.banks) * shape.bankPages;
    let state = firstState(walker, keys);
    for (let t = 0; t < steps; t++) {
      const start = startOfPage(tableRoundSeed(tableSeed), n, bank + pageIndex(state, shape.bankPages));
      state = nextState(state, await pagesOf(start, 1), coefficients(tableSeed, n), keys[t % 8] as number);
    }
    const index = Math.floor(walker / leafWalkers);
    const { root, ...shown } = committed(
      resultsToBytes(Uint32Array.of(state)),
      (walker % leafWalkers) * resultBytes,
      leafLength(shape.walkers, index),
      index,
      leafCount(shape.walkers),
    );
    roots.push(root);
    reveals.push({ round, walker, ...shown });
  }
  const asked = reveals.map(({ round, walker }) => ({ round, walker }));
  return { part: 'memory', shape, tableSeed, walkSeed, roots, openings: asked, reveals };
}
