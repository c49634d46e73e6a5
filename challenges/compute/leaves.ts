/** Pages whose digests make one leaf (docs/protocol.md section 2). */
export const leafPages = 64;

/** Bytes of one page's digest: four int32, little-endian. */
export const digestBytes = 16;

/** Bytes of one leaf. */
export const leafBytes = leafPages * digestBytes;

/** Digests as they go into leaves: int32 little-endian on any machine. */
export function digestsToBytes(digests: Int32Array): Uint8Array {
  const bytes = new Uint8Array(digests.length * 4);
  const view = new DataView(bytes.buffer);
  digests.forEach((value, i) => {
    view.setInt32(i * 4, value, true);
  });
  return bytes;
}

/** The 16 bytes of one page in its leaf. */
export function digestInLeaf(leaf: Uint8Array, page: number): Uint8Array {
  const offset = (page % leafPages) * digestBytes;
  return leaf.subarray(offset, offset + digestBytes);
}
