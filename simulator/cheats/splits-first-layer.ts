import type { ComputeEngine } from '../../challenges/engines/engine.js';
import type { PageNetwork } from '../../challenges/pages/network.js';
import { digestsOfPages, referencePages } from '../../challenges/pages/reference.js';
import { blockPages, type StartVectors } from '../../challenges/pages/start.js';

/**
 * A program that uses the one structure that there is: pages start as sums `left + right`, and a product of a sum is a
 * sum of products. So it multiplies each of the few vectors by the first matrix once, and makes up for the sums that
 * wrapped, one in four, by 256 times the matrix's column. Exact, and at best it saves the first of all layers.
 */
export function splitsFirstLayer(): ComputeEngine {
  return {
    name: 'reference',
    async prepare() {
      let loaded: PageNetwork | undefined;
      return {
        batchPages: blockPages,
        load: async (network) => {
          loaded = network;
        },
        async digests(start, first, count) {
          const network = loaded as PageNetwork;
          const pages = afterFirstLayer(network, start, first, count);
          const rest = withoutFirstLayer(network);
          return digestsOfPages(network, rest.layers > 0 ? referencePages(rest, pages, count) : pages);
        },
        close: async () => {},
      };
    },
    close: async () => {},
  };
}

/** What pages are after their first layer, `count × n` int8. */
function afterFirstLayer(network: PageNetwork, start: StartVectors, first: number, count: number): Int8Array {
  const { n, bias, matrices } = network;
  const [matrix] = matrices;
  const left = products(matrix, start.left, n);
  const right = products(matrix, start.right, n);
  const pages = new Int8Array(count * n);
  for (let at = 0; at < count; at++) {
    const l = ((first + at) % blockPages) * n;
    const r = Math.floor((first + at) / blockPages) * n;
    const sums = Int32Array.from({ length: n }, (_, i) => (left[l + i] as number) + (right[r + i] as number));
    for (let j = 0; j < n; j++) {
      const sum = (start.left[l + j] as number) + (start.right[r + j] as number);
      // 1 where the sum went over the top, −1 where it fell below; 0 three times out of four.
      const wrapped = (sum + 128) >> 8;
      if (wrapped === 0) continue;
      for (let i = 0; i < n; i++)
        sums[i] = (sums[i] as number) - 256 * wrapped * (matrix[i * n + j] as number);
    }
    for (let i = 0; i < n; i++)
      pages[at * n + i] = ((((sums[i] as number) >> 7) + (bias[i] as number)) & 255) - 128;
  }
  return pages;
}

/** The products of a matrix with each of some vectors, `vectors.length` int32. */
function products(matrix: Int8Array, vectors: Int8Array, n: number): Int32Array {
  return Int32Array.from(vectors, (_, at) => {
    const vector = at - (at % n);
    let sum = 0;
    for (let j = 0; j < n; j++) sum += (matrix[(at % n) * n + j] as number) * (vectors[vector + j] as number);
    return sum;
  });
}

function withoutFirstLayer(network: PageNetwork): PageNetwork {
  const [first, ...others] = network.matrices;
  return {
    ...network,
    layers: network.layers - 1,
    matrices: [...others, first],
    bias: network.bias.subarray(network.n),
  };
}
