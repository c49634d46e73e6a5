import { dot4, type PageValues } from './text.js';

/** Pages that one workgroup of the digest kernel takes: 16 threads a page. */
export const digestTilePages = 16;

/**
 * Page digests (docs/protocol.md section 1), four int32 a page. Bindings: 0 digest matrix `4 × n`, 1 pages, 2 digests; whole
 * tiles of pages, and no more digests than there is room for. Grid: `pages / 16`, x up to 32768, then y.
 * It reads each page once, in pieces of 256 bytes, and so costs a fraction of a layer.
 * @param packed whether the language has packed dot products
 */
export function digestWgsl(n: PageValues, packed: boolean): string {
  return `
${dot4(packed)}
const vectors = ${n / 16}u;
@group(0) @binding(0) var<storage, read> matrix: array<vec4u>;
@group(0) @binding(1) var<storage, read> pages: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> digests: array<vec4i>;
var<workgroup> parts: array<vec4i, 256>;

fn dot16(a: vec4u, b: vec4u) -> i32 {
  return dot4(a.x, b.x) + dot4(a.y, b.y) + dot4(a.z, b.z) + dot4(a.w, b.w);
}

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let lane = thread & 15u;
  let page = (group.y * 32768u + group.x) * 16u + (thread >> 4u);
  var sums = vec4i(0);
  for (var at = lane; at < vectors; at += 16u) {
    let q = pages[page * vectors + at];
    sums += vec4i(dot16(matrix[at], q), dot16(matrix[vectors + at], q),
      dot16(matrix[2u * vectors + at], q), dot16(matrix[3u * vectors + at], q));
  }
  parts[thread] = sums;
  for (var half = 8u; half > 0u; half >>= 1u) {
    workgroupBarrier();
    if (lane < half) { parts[thread] += parts[thread + half]; }
  }
  if (lane == 0u && page < arrayLength(&digests)) { digests[page] = parts[thread]; }
}`;
}
