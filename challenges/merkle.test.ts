import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, sameBytes, toHex } from '../protocol/bytes.js';
import { leafHash, merkleTree, rootFromPath } from './merkle.js';

const sha256 = (...parts: Uint8Array[]): Uint8Array =>
  createHash('sha256')
    .update(concat(...parts))
    .digest();

/** RFC 6962, 2.1 as it is written there. */
function treeHash(leaves: Uint8Array[]): Uint8Array {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return sha256(new Uint8Array([0]), leaves[0] as Uint8Array);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(new Uint8Array([1]), treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)));
}

const leavesOf = (count: number) =>
  Array.from({ length: count }, (_, i) => sha256(new Uint8Array([i, i >> 8])));
const counts = fc.integer({ min: 1, max: 70 });

describe('merkleTree', () => {
  it('has the root of RFC 6962 for every count', () => {
    for (let count = 0; count <= 70; count++) {
      const leaves = leavesOf(count);
      expect(toHex(merkleTree(leaves.map(leafHash)).root)).toBe(toHex(treeHash(leaves)));
    }
  });

  it('has the published root of the RFC 6962 test tree', () => {
    const leaves = [
      '',
      '00',
      '10',
      '2021',
      '3031',
      '40414243',
      '5051525354555657',
      '606162636465666768696a6b6c6d6e6f',
    ];
    const hashes = leaves.map((hex) => leafHash(Buffer.from(hex, 'hex')));
    expect(toHex(merkleTree(hashes).root)).toBe(
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    );
  });

  it('has no path for a leaf that it does not have', () => {
    const tree = merkleTree(leavesOf(3));
    for (const index of [-1, 3, 0.5, Number.NaN]) expect(() => tree.path(index)).toThrow(RangeError);
  });
});

describe('rootFromPath', () => {
  it('reaches the root from every leaf of every tree', () => {
    for (let count = 1; count <= 70; count++) {
      const leaves = leavesOf(count);
      const tree = merkleTree(leaves);
      leaves.forEach((leaf, i) => {
        expect(toHex(rootFromPath(leaf, i, count, tree.path(i)) ?? new Uint8Array())).toBe(toHex(tree.root));
      });
    }
  });

  it('reaches it with no other index, leaf, count of siblings or flipped bit', () => {
    fc.assert(
      fc.property(counts, fc.nat(), fc.nat(), fc.nat(), (count, a, b, bit) => {
        const leaves = leavesOf(count);
        const tree = merkleTree(leaves);
        const index = a % count;
        const other = b % count;
        const path = tree.path(index);
        const leaf = leaves[index] as Uint8Array;
        const reaches = (hash: Uint8Array, at: number, siblings: Uint8Array[]) =>
          sameBytes(rootFromPath(hash, at, count, siblings) ?? new Uint8Array(), tree.root);
        if (other !== index) {
          expect(reaches(leaf, other, path)).toBe(false);
          expect(reaches(leaves[other] as Uint8Array, index, path)).toBe(false);
        }
        expect(reaches(leaf, index, [...path, tree.root])).toBe(false);
        if (path.length === 0) return;
        expect(reaches(leaf, index, path.slice(0, -1))).toBe(false);
        expect(reaches(leaf, index, path.slice(1))).toBe(false);
        const changed = path.map((hash) => hash.slice());
        const sibling = changed[bit % changed.length] as Uint8Array;
        sibling[bit % 32] = (sibling[bit % 32] as number) ^ (1 << (bit % 8));
        expect(reaches(leaf, index, changed)).toBe(false);
      }),
    );
  });

  it('says null, and does not throw, for indices and paths that cannot be', () => {
    const leaf = sha256();
    for (const index of [-1, 2, 0.5, Number.NaN, Infinity])
      expect(rootFromPath(leaf, index, 2, [leaf])).toBeNull();
    expect(rootFromPath(leaf, 0, 0, [])).toBeNull();
    expect(rootFromPath(leaf, 0, 2, [leaf.subarray(1)])).toBeNull();
    expect(rootFromPath(leaf, 0, 2, [concat(leaf, leaf)])).toBeNull();
  });
});
