/** Walkers whose results make one leaf (docs/protocol.md section 3); the last leaf of a round may have fewer. */
export const leafWalkers = 256;

/** Bytes of one walker's result: a u32, little-endian. */
export const resultBytes = 4;

/** Leaves of one round. */
export function leafCount(walkers: number): number {
  return Math.ceil(walkers / leafWalkers);
}

/** Bytes that leaf `index` of a round of so many walkers has. */
export function leafLength(walkers: number, index: number): number {
  return Math.min(leafWalkers, walkers - index * leafWalkers) * resultBytes;
}

/** Results as they go into leaves: u32 little-endian on any machine. */
export function resultsToBytes(results: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(results.length * resultBytes);
  const view = new DataView(bytes.buffer);
  results.forEach((value, i) => {
    view.setUint32(i * resultBytes, value, true);
  });
  return bytes;
}

/** The result of one walker in its leaf, u32. */
export function resultInLeaf(leaf: Uint8Array, walker: number): number {
  const view = new DataView(leaf.buffer, leaf.byteOffset, leaf.byteLength);
  return view.getUint32((walker % leafWalkers) * resultBytes, true);
}
