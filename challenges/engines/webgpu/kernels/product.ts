import { lines, type PageValues, requantise, unpackBytes } from './text.js';

/**
 * How four int8 products are summed. `dot4` is one instruction where the card has it. `float` needs no language
 * feature: products of int8 and their sums (at most 2^24) are exact in fp32, and cards without a packed dot product,
 * Apple's among them, have nothing faster than fp32 multiply-adds.
 */
export type Arithmetic = 'dot4' | 'float';

/** Sums of one thread: 8 × 8 for cards with many registers, 4 × 4 for the others. */
export type PerThread = 4 | 8;

/** Pages and matrix rows that one workgroup computes. */
export const productTile = (perThread: PerThread) => ({ pages: 16 * perThread, rows: 16 * perThread });

/**
 * One layer of the page network by a tiled matrix product; bindings and grid as `plainWgsl`, with `productTile`.
 *
 * 256 threads make 128 × 128 sums, 8 × 8 each in registers: 16 loads of 16 bytes from workgroup memory feed 256 packed dot
 * products, so that an NVIDIA SM (64 of these a clock, 128 bytes a clock) waits for its arithmetic, not its memory. A tile of
 * 128 × 128 does 128 operations for each byte that comes from the L2 cache, and row tiles of the same pages run side by side,
 * so pages come from memory once. The next slice of 64 values is on its way into registers while this one is computed.
 * Two tiles of 8 KiB are the 16 KiB that every WebGPU device has.
 *
 * Layers go through storage, one dispatch each, rather than staying in workgroup memory: no card's workgroup memory holds
 * enough pages of 1024 values to use each matrix value as often as a 128 × 128 tile does.
 */
export function productWgsl(n: PageValues, arithmetic: Arithmetic, perThread: PerThread): string {
  const side = 16 * perThread;
  // Loads of one thread into each tile, 64 rows apart.
  const loads = side / 64;
  const each = (line: (load: number) => string) => lines(loads, line);
  return `
${arithmetic === 'dot4' ? 'requires packed_4x8_integer_dot_product;' : ''}
const vectors = ${n / 16}u;
@group(0) @binding(0) var<storage, read> matrix: array<vec4u>;
@group(0) @binding(1) var<storage, read> bias: array<u32>;
@group(0) @binding(2) var<storage, read> source: array<vec4u>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;
var<workgroup> pages: array<vec4u, ${4 * side}>;
var<workgroup> rows: array<vec4u, ${4 * side}>;
${requantise}
${arithmetic === 'float' ? unpackBytes : ''}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_index) thread: u32) {
  // This thread's sums: pages ty + 16·i by rows 4·tx … 4·tx + 3, whole words of the output, and the same 64 rows on.
  let tx = thread & 15u;
  let ty = thread >> 4u;

  // This thread's loads: vector v of row r, and of the row 64 on. Neighbours read 64 bytes in a row.
  let r = thread >> 2u;
  let v = thread & 3u;
  let sourceAt = (tile.y * ${side}u + r) * vectors + v;
  let matrixAt = (tile.x * ${side}u + r) * vectors + v;
  // Places are shuffled so that eight neighbouring threads touch eight different groups of banks when they store
  // (four v of two r) as well as when they load (eight tx of one v; a page is read by all of them at once).
  let pageSlot = v * ${side}u + (r ^ (v * 2u));
  let rowSlot = v * ${side}u + (((r & 3u) * ${side / 4}u + (r >> 2u)) ^ (v | ((r & 1u) << 2u)));

${each((l) => `  var page${l} = source[sourceAt + ${64 * l}u * vectors];`)}
${each((l) => `  var row${l} = matrix[matrixAt + ${64 * l}u * vectors];`)}
${lines(perThread, (i) => lines(perThread, (j) => `  var ${sum(i, j)} = ${arithmetic === 'dot4' ? '0i' : '0f'};`))}

  for (var at = 0u; at < vectors; at += 4u) {
    workgroupBarrier();
${each((l) => `    pages[pageSlot + ${64 * l}u] = page${l};`)}
${each((l) => `    rows[rowSlot + ${16 * l}u] = row${l};`)}
    workgroupBarrier();
    if (at + 4u < vectors) {
${each((l) => `      page${l} = source[sourceAt + at + 4u + ${64 * l}u * vectors];`)}
${each((l) => `      row${l} = matrix[matrixAt + at + 4u + ${64 * l}u * vectors];`)}
    }
    for (var k = 0u; k < 4u; k++) {
      let pageBase = k * ${side}u + (ty ^ (k * 2u));
      let evenBase = k * ${side}u + (tx ^ k);
      let oddBase = evenBase ^ 4u;
${arithmetic === 'dot4' ? dotSums(perThread) : floatSums(perThread)}
    }
  }

  let held = arrayLength(&output) / (vectors * 4u);
  let word = tile.x * ${side / 4}u + tx;
${each((l) => `  let bias${l} = bias[word + ${16 * l}u];`)}
${lines(
  perThread,
  (i) => `  {
    let page = tile.y * ${side}u + ty + ${16 * i}u;
    if (page < held) {
${each((l) => `      output[page * vectors * 4u + word + ${16 * l}u] = requantise(${fourSums(i, 4 * l)}, bias${l});`)}
    }
  }`,
)}
}`;
}

const sum = (i: number, j: number) => `sum${i}_${j}`;
const fourSums = (i: number, j: number) =>
  `vec4i(vec4(${[0, 1, 2, 3].map((c) => sum(i, j + c)).join(', ')}))`;

/** Where this thread's i-th page and j-th row lie (row 4·tx + 64·(j div 4) + j mod 4). */
const pageAt = (i: number) => `pages[pageBase + ${16 * i}u]`;
const rowAt = (j: number, perThread: PerThread) =>
  `rows[${j % 2 === 0 ? 'even' : 'odd'}Base + ${16 * (j >> 2) + 4 * perThread * (j & 3)}u]`;

const dotSums = (perThread: PerThread) => `${lines(perThread, (i) => `      let p${i} = ${pageAt(i)};`)}
${lines(
  perThread,
  (j) => `      let r${j} = ${rowAt(j, perThread)};
${lines(perThread, (i) => {
  const dots = ['x', 'y', 'z', 'w'].map((c) => `dot4I8Packed(p${i}.${c}, r${j}.${c})`);
  return `      ${sum(i, j)} += ${dots.join(' + ')};`;
})}`,
)}`;

/** A word of four values at a time, or a thread would hold too many floats. */
const floatSums = (perThread: PerThread) => `      for (var c = 0u; c < 4u; c++) {
${lines(perThread, (i) => `        let p${i} = vec4f(unpackBytes(${pageAt(i)}[c]));`)}
${lines(
  perThread,
  (j) => `        let r${j} = vec4f(unpackBytes(${rowAt(j, perThread)}[c]));
${lines(perThread, (i) => {
  const fused = ['x', 'y', 'z', 'w'].reduce((inner, c) => `fma(p${i}.${c}, r${j}.${c}, ${inner})`, sum(i, j));
  return `        ${sum(i, j)} = ${fused};`;
})}`,
)}
      }`;
