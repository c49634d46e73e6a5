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

/** Whether this machine's own order of bytes is that of the protocol. */
const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/**
 * Results as they go into leaves: u32 little-endian on any machine. Where that is the machine's own order these are the very
 * bytes of `results`: a walk gives hundreds of millions a second, and to copy them takes longer than to hash them.
 */
export function resultsToBytes(results: Uint32Array): Uint8Array {
  if (littleEndian) return new Uint8Array(results.buffer, results.byteOffset, results.byteLength);
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
