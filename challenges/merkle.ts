import { hash as digest } from 'node:crypto';
import { concat } from '../protocol/bytes.js';

const leafPrefix = new Uint8Array([0x00]);
const nodePrefix = new Uint8Array([0x01]);

// In one call: a device hashes millions of leaves between two rounds, and a hash object for each costs twice the time.
const sha256 = (data: Uint8Array): Uint8Array => digest('sha256', data, 'buffer');

/** RFC 6962 leaf hash: `SHA-256(0x00 ‖ data)`, 32 bytes. */
export function leafHash(data: Uint8Array): Uint8Array {
  return sha256(concat(leafPrefix, data));
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concat(nodePrefix, left, right));
}

/** An RFC 6962 tree over SHA-256, with all its levels kept: 64 bytes for each leaf. */
export interface MerkleTree {
  /** 32 bytes. Of no leaves: the hash of nothing. */
  readonly root: Uint8Array;
  /** Siblings from the leaf upwards. @throws RangeError when there is no such leaf */
  path(index: number): Uint8Array[];
}

/**
 * Builds the tree over leaf hashes (see `leafHash`). Pairing neighbours level by level and lifting a lonely last node
 * gives the same tree as RFC 6962's split at the largest power of two below the count.
 */
export function merkleTree(leafHashes: readonly Uint8Array[]): MerkleTree {
  const levels: (readonly Uint8Array[])[] = [leafHashes];
  let level = leafHashes;
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i] as Uint8Array;
      const right = level[i + 1];
      above.push(right === undefined ? left : nodeHash(left, right));
    }
    levels.push(above);
    level = above;
  }
  return {
    root: level[0] ?? sha256(new Uint8Array()),
    path(index) {
      if (!Number.isInteger(index) || index < 0 || index >= leafHashes.length) {
        throw new RangeError(`leaf ${index} of ${leafHashes.length}`);
      }
      return levels.flatMap((nodes, height) => {
        const sibling = nodes[Math.floor(index / 2 ** height) ^ 1];
        return sibling === undefined ? [] : [sibling];
      });
    },
  };
}

/**
 * The root that a path leads to from leaf `index` of `count` (RFC 9162, 2.1.3.2), or null when the path is not of the
 * one length that this leaf's path has. Never throws: a path comes from a stranger.
 */
export function rootFromPath(
  hash: Uint8Array,
  index: number,
  count: number,
  path: readonly Uint8Array[],
): Uint8Array | null {
  if (!Number.isInteger(index) || index < 0 || index >= count) return null;
  let node = hash;
  let position = index;
  let last = count - 1;
  let used = 0;
  for (; last > 0; position = Math.floor(position / 2), last = Math.floor(last / 2)) {
    // A lonely last node has no sibling and moves up as it is.
    if (position === last && position % 2 === 0) continue;
    const sibling = path[used++];
    if (sibling?.length !== 32) return null;
    node = position % 2 === 1 ? nodeHash(sibling, node) : nodeHash(node, sibling);
  }
  return used === path.length ? node : null;
}
