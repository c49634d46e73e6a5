import type { Opening, Reveal } from '../../protocol/messages/reveals.js';
import type { ComputeShape } from '../../protocol/shapes.js';
import type { PreparedCompute } from '../engines/engine.js';
import { networkFromSeed } from '../pages/network.js';
import { roundSeed } from '../pages/rounds.js';
import { startVectors } from '../pages/start.js';
import { type CommittedRound, commitRound } from '../proofs/committed-round.js';
import { digestBytes, digestsToBytes, leafBytes, leafPages } from './leaves.js';
import { requireShape } from './shape.js';

/** All rounds of a compute exam, done. Holds 16 bytes for each page and 64 for each leaf. */
export interface ComputeProof {
  /** 32 bytes for each round: what is committed. */
  readonly roots: Uint8Array[];
  /** Leaf and path of each opening, in its order. @throws RangeError for a round or page outside the shape */
  reveal(openings: readonly Opening[]): Reveal[];
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
  const rounds: CommittedRound[] = [];
  for (let k = 0; k < shape.rounds; k++) {
    const previous = rounds.at(-1)?.root ?? null;
    rounds.push(
      await computeRound(prepared, shape, roundSeed(seed, k, previous), (share) =>
        onProgress((k + share) / shape.rounds),
      ),
    );
  }
  return {
    roots: rounds.map((round) => round.root),
    reveal: (openings) => openings.map((opening) => revealOne(rounds, opening)),
  };
}

async function computeRound(
  prepared: PreparedCompute,
  shape: ComputeShape,
  seed: Uint8Array,
  onProgress: (share: number) => void,
): Promise<CommittedRound> {
  const start = startVectors(seed, shape.n, shape.pages);
  const leaves: Uint8Array[] = [];
  for (let first = 0; first < shape.pages; first += prepared.batchPages) {
    const count = Math.min(prepared.batchPages, shape.pages - first);
    const bytes = digestsToBytes(await prepared.digests(start, first, count));
    for (let at = 0; at < count * digestBytes; at += leafBytes)
      leaves.push(bytes.subarray(at, at + leafBytes));
    onProgress((first + count) / shape.pages);
  }
  return commitRound(leaves);
}

function revealOne(rounds: readonly CommittedRound[], { round, page }: Opening): Reveal {
  const committed = rounds[round];
  if (committed === undefined) throw new RangeError(`no round ${round}`);
  return { round, page, ...committed.reveal(Math.floor(page / leafPages)) };
}
