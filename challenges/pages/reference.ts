import type { PageNetwork } from './network.js';

/** int32 values in one page digest. */
export const digestWords = 4;

/**
 * Page digests by the plain loops of docs/protocol.md section 1: what every engine must equal, bit for bit.
 * @param starts `count × n` int8 start vectors
 * @returns `4 · count` int32, page-major
 */
export function referenceDigests(network: PageNetwork, starts: Int8Array, count: number): Int32Array {
  return digestsOfPages(network, referencePages(network, starts, count));
}

/**
 * The pages themselves by the same loops, `count × n` int8.
 * @param starts `count × n` int8 start vectors
 */
export function referencePages(network: PageNetwork, starts: Int8Array, count: number): Int8Array {
  const { n, layers } = network;
  const pages = new Int8Array(count * n);
  for (let page = 0; page < count; page++) {
    let x: Int8Array = starts.slice(page * n, (page + 1) * n);
    for (let layer = 0; layer < layers; layer++) x = throughLayer(network, layer, x);
    pages.set(x, page * n);
  }
  return pages;
}

/** Digests of finished pages: `4 · count` int32 of `count × n` int8, page-major. */
export function digestsOfPages(
  { n, digest }: Pick<PageNetwork, 'n' | 'digest'>,
  pages: Int8Array,
): Int32Array {
  const count = pages.length / n;
  const digests = new Int32Array(count * digestWords);
  for (let page = 0; page < count; page++) {
    const x = pages.subarray(page * n, (page + 1) * n);
    for (let r = 0; r < digestWords; r++) digests[page * digestWords + r] = dot(digest, r * n, x);
  }
  return digests;
}

function throughLayer(network: PageNetwork, layer: number, x: Int8Array): Int8Array {
  const { n, matrices, bias } = network;
  const matrix = matrices[layer % 4] as Int8Array;
  const next = new Int8Array(n);
  for (let i = 0; i < n; i++) {
    const y = dot(matrix, i * n, x);
    // An arithmetic shift is floor division by 128, and & 255 the non-negative remainder of 256.
    next[i] = (((y >> 7) + (bias[layer * n + i] as number)) & 255) - 128;
  }
  return next;
}

function dot(rows: Int8Array, offset: number, x: Int8Array): number {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum = (sum + (rows[offset + j] as number) * (x[j] as number)) | 0;
  return sum;
}
