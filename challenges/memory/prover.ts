import type { WalkerOpening, WalkerReveal } from '../../protocol/messages/reveals.js';
import type { MemoryShape } from '../../protocol/shapes.js';
import type { PreparedTable } from '../engines/table.js';
import { leafHash } from '../merkle.js';
import { type CommittedRound, commitRound } from '../proofs/committed-round.js';
import { walkKeys } from './keys.js';
import { leafWalkers, resultBytes, resultsToBytes } from './leaves.js';
import { requireMemoryShape } from './shape.js';
import { tableSource } from './source.js';

/** All rounds of a walk, done. Holds 4 bytes for each walker and 64 for each leaf. */
export interface MemoryProof {
  /** 32 bytes for each round: what is committed. */
  readonly roots: Uint8Array[];
  /** Leaf and path of each opening, in its order. @throws RangeError for a round or walker outside the shape */
  reveal(openings: readonly WalkerOpening[]): WalkerReveal[];
}

/**
 * Builds the table of a seed (docs/protocol.md section 3).
 * @param prepared made for this shape
 * @param tableSeed 32 bytes
 * @param onProgress called now and then with the share done, 0 to 1
 * @throws TouchstoneError `shape.invalid`, `engine.failed`
 */
export async function buildTable(
  prepared: PreparedTable,
  shape: MemoryShape,
  tableSeed: Uint8Array,
  onProgress: (share: number) => void = () => {},
): Promise<void> {
  requireMemoryShape(shape);
  await prepared.build(tableSource(shape, tableSeed), onProgress);
}

/**
 * Walks all rounds on the table that was built last.
 * @param prepared made for this shape
 * @param walkSeed 32 bytes
 * @param onProgress called after each batch with the share done, 0 to 1
 * @throws TouchstoneError `shape.invalid`, `engine.failed`
 */
export async function proveWalk(
  prepared: PreparedTable,
  shape: MemoryShape,
  walkSeed: Uint8Array,
  onProgress: (share: number) => void = () => {},
): Promise<MemoryProof> {
  requireMemoryShape(shape);
  const rounds: CommittedRound[] = [];
  for (let r = 0; r < shape.rounds; r++) {
    const keys = walkKeys(walkSeed, r, rounds.at(-1)?.root ?? null);
    rounds.push(
      await walkRound(prepared, shape.walkers, keys, (share) => onProgress((r + share) / shape.rounds)),
    );
  }
  return {
    roots: rounds.map((round) => round.root),
    reveal: (openings) => openings.map((opening) => revealOne(rounds, shape.walkers, opening)),
  };
}

async function walkRound(
  prepared: PreparedTable,
  walkers: number,
  keys: Uint32Array,
  onProgress: (share: number) => void,
): Promise<CommittedRound> {
  const batch = (first: number): Promise<Uint32Array> | null => {
    if (first >= walkers) return null;
    const results = prepared.walk(keys, first, Math.min(prepared.batchWalkers, walkers - first));
    // Where an earlier batch fails, this one may fail unseen.
    results.catch(() => {});
    return results;
  };
  const leaves: Uint8Array[] = [];
  const hashes: Uint8Array[] = [];
  let first = 0;
  let current = batch(first);
  while (current !== null) {
    first += prepared.batchWalkers;
    // The engine has its next batch before this one is read and hashed: it never waits for us.
    const next = batch(first);
    for (const leaf of leavesOf(await current)) {
      leaves.push(leaf);
      hashes.push(leafHash(leaf));
    }
    onProgress(Math.min(1, first / walkers));
    current = next;
  }
  return commitRound(leaves, hashes);
}

function leavesOf(results: Uint32Array): Uint8Array[] {
  const bytes = resultsToBytes(results);
  const size = leafWalkers * resultBytes;
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
    bytes.subarray(at * size, (at + 1) * size),
  );
}

function revealOne(
  rounds: readonly CommittedRound[],
  walkers: number,
  { round, walker }: WalkerOpening,
): WalkerReveal {
  const committed = rounds[round];
  if (committed === undefined || walker >= walkers)
    throw new RangeError(`no walker ${walker} in round ${round}`);
  return { round, walker, ...committed.reveal(Math.floor(walker / leafWalkers)) };
}
