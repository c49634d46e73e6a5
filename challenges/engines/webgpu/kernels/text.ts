/** Values in a page; the kernels have it as a constant. */
export type PageValues = 256 | 512 | 1024;

/** `count` lines of WGSL, one for each index: what a compiler is not trusted to unroll. */
export function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('\n');
}

/** Four int8 in one u32, `wrap8` of each sum: seven bits are added, the eighth without its carry. */
export const addBytes = `
fn addBytes(a: u32, b: u32) -> u32 {
  return ((a & 0x7f7f7f7fu) + (b & 0x7f7f7f7fu)) ^ ((a ^ b) & 0x80808080u);
}`;

/**
 * The end of a layer for four neighbouring rows (docs/protocol.md section 1): bits 7 to 14 of a sum are its floor
 * division by 128, mod 256; adding the bias wraps, and taking 128 away is turning the highest bit.
 */
export const requantise = `${addBytes}
fn requantise(y: vec4i, bias: u32) -> u32 {
  let middle = (bitcast<vec4u>(y) >> vec4u(7u)) & vec4u(255u);
  let word = middle.x | (middle.y << 8u) | (middle.z << 16u) | (middle.w << 24u);
  return addBytes(word, bias) ^ 0x80808080u;
}`;

/** Four int8 of a u32 as integers, lowest byte first; without a language feature. */
export const unpackBytes = `
fn unpackBytes(word: u32) -> vec4i {
  return bitcast<vec4i>(vec4u(word) << vec4u(24u, 16u, 8u, 0u)) >> vec4u(24u);
}`;

/** `dot4(a, b)`: the product of four int8 pairs, by the language feature or without it. */
export const dot4 = (packed: boolean): string =>
  packed
    ? `
requires packed_4x8_integer_dot_product;
fn dot4(a: u32, b: u32) -> i32 { return dot4I8Packed(a, b); }`
    : `${unpackBytes}
fn dot4(a: u32, b: u32) -> i32 { return dot(unpackBytes(a), unpackBytes(b)); }`;
