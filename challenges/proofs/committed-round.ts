import { concat, toBase64 } from '../../protocol/bytes.js';
import { leafHash, merkleTree } from '../merkle.js';

/** One round that is done: its root, and what is revealed of its leaves. Holds the leaves and 64 bytes more for each. */
export interface CommittedRound {
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** A leaf and its path, as they are sent. @throws RangeError when there is no such leaf */
  reveal(index: number): { leaf: string; path: string };
}

/**
 * The tree over a round's leaves.
 * @param hashes of the leaves, where they were hashed as they came
 */
export function commitRound(
  leaves: readonly Uint8Array[],
  hashes: readonly Uint8Array[] = leaves.map(leafHash),
): CommittedRound {
  const tree = merkleTree(hashes);
  return {
    root: tree.root,
    reveal(index) {
      const path = tree.path(index);
      return { leaf: toBase64(leaves[index] as Uint8Array), path: toBase64(concat(...path)) };
    },
  };
}
