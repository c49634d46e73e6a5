import { addBytes, type PageValues } from './text.js';

/** Threads of one workgroup of the start kernel; each makes 16 values. */
export const startThreads = 256;

/**
 * Start vectors (docs/protocol.md section 1): page `i` of a run that begins at page `first` of the round is
 * `wrap8(left[(first + i) mod 1024] + right[(first + i) div 1024])`.
 * Bindings: 0 left, `min(pages, 1024)` vectors; 1 right, from vector `first div 1024` on; 2 pages to write;
 * 3 uniform `first mod 1024, count`. Grid: `count · n / 16 / 256` workgroups, x up to 32768, then y.
 */
export function startWgsl(n: PageValues): string {
  return `
const vectors = ${n / 16}u;
struct Run { first: u32, count: u32 }
@group(0) @binding(0) var<storage, read> left: array<vec4u>;
@group(0) @binding(1) var<storage, read> right: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> pages: array<vec4u>;
@group(0) @binding(3) var<uniform> run: Run;
${addBytes}

@compute @workgroup_size(${startThreads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let i = (group.y * 32768u + group.x) * ${startThreads}u + thread;
  if (i >= run.count * vectors) { return; }
  let page = run.first + i / vectors;
  let part = i % vectors;
  let a = left[(page & 1023u) * vectors + part];
  let b = right[(page >> 10u) * vectors + part];
  pages[i] = vec4u(addBytes(a.x, b.x), addBytes(a.y, b.y), addBytes(a.z, b.z), addBytes(a.w, b.w));
}`;
}
