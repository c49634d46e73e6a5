import { dot4, type PageValues, requantise } from './text.js';

/** Pages and matrix rows of one workgroup of the plain kernel. */
export const plainTile = { pages: 4, rows: 64 } as const;

/**
 * One layer of the page network (docs/protocol.md section 1) as plainly as it can be said: `output = requantise(matrix · source,
 * bias)`, one thread for four rows of one page. Every other layer kernel has the same bindings and must give the same bits.
 * Bindings: 0 matrix `n × n`, 1 bias `n`, 2 source `pages × n`, 3 output; int8, four in a u32, source and output page-major.
 * `source` has whole tiles; `output` may end earlier and takes no more than it holds. Grid: `n / tile.rows` by
 * `pages / tile.pages`. It compiles in no time and needs no workgroup memory, which a software device has to imitate.
 * @param packed whether the language has packed dot products
 */
export function plainWgsl(n: PageValues, packed: boolean): string {
  return `
${dot4(packed)}
const vectors = ${n / 16}u;
@group(0) @binding(0) var<storage, read> matrix: array<vec4u>;
@group(0) @binding(1) var<storage, read> bias: array<u32>;
@group(0) @binding(2) var<storage, read> source: array<vec4u>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;
${requantise}

fn dot16(a: vec4u, b: vec4u) -> i32 {
  return dot4(a.x, b.x) + dot4(a.y, b.y) + dot4(a.z, b.z) + dot4(a.w, b.w);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_index) thread: u32) {
  let word = tile.x * 16u + (thread & 15u);
  let page = tile.y * 4u + (thread >> 4u);
  let row = word * 4u * vectors;
  var sums = vec4i(0);
  for (var at = 0u; at < vectors; at++) {
    let x = source[page * vectors + at];
    sums += vec4i(dot16(matrix[row + at], x), dot16(matrix[row + vectors + at], x),
      dot16(matrix[row + 2u * vectors + at], x), dot16(matrix[row + 3u * vectors + at], x));
  }
  if (page < arrayLength(&output) / (vectors * 4u)) {
    output[page * vectors * 4u + word] = requantise(sums, bias[word]);
  }
}`;
}
