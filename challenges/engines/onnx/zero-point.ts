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
  // Four at a time: a network has four million.
  const words = new Uint32Array(from.buffer, from.byteOffset, from.length / 4);
  const flipped = new Uint32Array(to.buffer, to.byteOffset, words.length);
  for (let i = 0; i < words.length; i += 1) flipped[i] = (words[i] as number) ^ 0x80808080;
}
