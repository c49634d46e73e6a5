/** The highest bit of each of four bytes. */
const highBits = 0x80808080;

/**
 * Every int8 value as the uint8 that stands for it plus 128, and back: both flip the highest bit of each byte.
 * @param to where to write, as long as `from`; may be the same memory
 */
export function flipHighBits(from: Int8Array | Uint8Array, to: Int8Array | Uint8Array): void {
  const aligned = from.byteOffset % 4 === 0 && to.byteOffset % 4 === 0 && from.length % 4 === 0;
  if (!aligned) {
    for (let i = 0; i < from.length; i += 1) to[i] = (from[i] as number) ^ 0x80;
    return;
  }
  // Words of four values, and four words a turn: a network has four million values.
  const words = new Int32Array(from.buffer, from.byteOffset, from.length / 4);
  const flipped = new Int32Array(to.buffer, to.byteOffset, words.length);
  let i = 0;
  for (; i + 4 <= words.length; i += 4) {
    flipped[i] = (words[i] as number) ^ highBits;
    flipped[i + 1] = (words[i + 1] as number) ^ highBits;
    flipped[i + 2] = (words[i + 2] as number) ^ highBits;
    flipped[i + 3] = (words[i + 3] as number) ^ highBits;
  }
  for (; i < words.length; i += 1) flipped[i] = (words[i] as number) ^ highBits;
}
