import { toHex } from '../../protocol/bytes.js';
import type { Opening, Reveal } from '../../protocol/messages/exam.js';
import type { ComputeShape } from '../../protocol/shapes.js';
import type { PreparedCompute } from '../engines/engine.js';
import { leafHash, type MerkleTree, merkleTree } from '../merkle.js';
import { networkFromSeed } from '../pages/network.js';
import { roundSeed } from '../pages/rounds.js';
import { startVectors } from '../pages/start.js';
import { digestBytes, digestsToBytes, leafBytes, leafPages } from './leaves.js';
import { requireShape } from './shape.js';

/** All rounds of a compute exam, done. Holds 16 bytes for each page and 64 for each leaf. */
export interface ComputeProof {
  /** 32 bytes for each round: what is committed. */
  readonly roots: Uint8Array[];
  /** Leaf and path of each opening, in its order. @throws RangeError for a round or page outside the shape */
  reveal(openings: readonly Opening[]): Reveal[];
}

interface Round {
  readonly leaves: Uint8Array[];
  readonly tree: MerkleTree;
}

/**
 * Computes a compute exam (docs/protocol.md section 2).
 * @param prepared made for this shape
 * @param seed 32 bytes
 * @param onProgress called after each batch with the share done, 0 to 1
 * @throws TouchstoneError `shape.invalid`, `engine.failed`
 */
export async function proveCompute(
  prepared: PreparedCompute,
  shape: ComputeShape,
  seed: Uint8Array,
  onProgress: (share: number) => void = () => {},
): Promise<ComputeProof> {
  requireShape(shape);
  await prepared.load(networkFromSeed(seed, shape.n, shape.layers));
  const rounds: Round[] = [];
  for (let k = 0; k < shape.rounds; k++) {
    const previous = rounds.at(-1)?.tree.root ?? null;
    rounds.push(
      await computeRound(prepared, shape, roundSeed(seed, k, previous), (share) =>
        onProgress((k + share) / shape.rounds),
      ),
    );
  }
  return {
    roots: rounds.map((round) => round.tree.root),
    reveal: (openings) => openings.map((opening) => revealOne(rounds, opening)),
  };
}

async function computeRound(
  prepared: PreparedCompute,
  shape: ComputeShape,
  seed: Uint8Array,
  onProgress: (share: number) => void,
): Promise<Round> {
  const start = startVectors(seed, shape.n, shape.pages);
  const leaves: Uint8Array[] = [];
  for (let first = 0; first < shape.pages; first += prepared.batchPages) {
    const count = Math.min(prepared.batchPages, shape.pages - first);
    const bytes = digestsToBytes(await prepared.digests(start, first, count));
    for (let at = 0; at < count * digestBytes; at += leafBytes)
      leaves.push(bytes.subarray(at, at + leafBytes));
    onProgress((first + count) / shape.pages);
  }
  return { leaves, tree: merkleTree(leaves.map(leafHash)) };
}

function revealOne(rounds: readonly Round[], { round, page }: Opening): Reveal {
  const index = Math.floor(page / leafPages);
  const leaf = rounds[round]?.leaves[index];
  if (leaf === undefined) throw new RangeError(`no page ${page} in round ${round}`);
  const path = (rounds[round] as Round).tree.path(index);
  return { round, page, leaf: toHex(leaf), path: path.map(toHex) };
}
