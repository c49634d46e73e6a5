import { lines, type PageValues } from './text.js';

/** Threads of one workgroup of the walk kernel: two or one of a card's subgroups, few enough to fill every card. */
export const walkThreads = 64;

/**
 * How the threads of one walker add up. `workgroup`: through workgroup memory, on every card. `subgroup`: by shuffles, which
 * needs the feature `subgroups` and at least `lanes` threads in each subgroup, and spares the barriers.
 */
export type Reduction = 'workgroup' | 'subgroup';

/** Threads that read one page together: 256 bytes at a time. */
export const walkLanes = 16;

/** Bytes of the uniform `Walk`. */
export const walkUniformBytes = 64;

/**
 * Walkers on one bank (docs/protocol.md section 3). Bindings: 0 the bank, 1 the `n / 4` coefficients, 2 results, 3 uniform
 * `Walk` with a dynamic offset. Grid: `count / (64 / lanes)` workgroups.
 *
 * A walk is bound by memory: a few megabytes must be on their way at any time. 16 threads a walker keep a whole page of 256 to
 * 1024 bytes in flight for each, four walkers a workgroup, and workgroups of 64 threads fill an SM or compute unit with walkers
 * that wait for nobody but the three beside them. Coefficients lie in four planes by index mod 4, so that neighbouring
 * threads, whose words are four apart under any rotation, read neighbouring words.
 */
export function walkWgsl(n: PageValues, reduction: Reduction, lanes = walkLanes): string {
  const loads = n / 16 / lanes;
  return `
${reduction === 'subgroup' ? 'enable subgroups;' : ''}
const vectors = ${n / 16}u;
const words = ${n / 4}u;
const walkers = ${walkThreads / lanes}u;
struct Walk {
  keys: array<vec4u, 2>,
  // Walker m of this dispatch is number first + m · stride.
  first: u32, stride: u32, count: u32,
  // Where its results begin.
  at: u32,
  pageMask: u32, steps: u32,
}
@group(0) @binding(0) var<storage, read> bank: array<vec4u>;
@group(0) @binding(1) var<storage, read> coefficients: array<u32>;
@group(0) @binding(2) var<storage, read_write> results: array<u32>;
@group(0) @binding(3) var<uniform> walk: Walk;
var<workgroup> planes: array<u32, words>;
${reduction === 'workgroup' ? `var<workgroup> parts: array<u32, ${2 * walkThreads}>;` : ''}

fn fmix32(value: u32) -> u32 {
  var x = value;
  x ^= x >> 16u;
  x *= 0x85ebca6bu;
  x ^= x >> 13u;
  x *= 0xc2b2ae35u;
  return x ^ (x >> 16u);
}

// Coefficient (4 · vector + c + rotation) mod N, for a vector that may lie past the end by one turn.
fn coefficient(vector: u32, place: u32) -> u32 {
  return planes[(place & 3u) * vectors + ((vector + (place >> 2u)) & (vectors - 1u))];
}

// The four words of one vector times their coefficients.
fn product(q: vec4u, vector: u32, rotation: u32) -> u32 {
  return q.x * coefficient(vector, rotation) + q.y * coefficient(vector, rotation + 1u)
    + q.z * coefficient(vector, rotation + 2u) + q.w * coefficient(vector, rotation + 3u);
}

@compute @workgroup_size(${walkThreads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) thread: u32) {
  let lane = thread & ${lanes - 1}u;
  let m = group.x * walkers + thread / ${lanes}u;
  for (var i = thread; i < words; i += ${walkThreads}u) {
    planes[(i & 3u) * vectors + (i >> 2u)] = coefficients[i];
  }
  workgroupBarrier();

  var a = fmix32(walk.first + m * walk.stride + walk.keys[0].x) ^ walk.keys[0].y;
  for (var t = 0u; t < walk.steps; t++) {
    let page = (a & walk.pageMask) * vectors + lane;
${lines(loads, (k) => `    let q${k} = bank[page + ${lanes * k}u];`)}
    let rotation = (a >> 24u) & (words - 1u);
    var h = 0u;
${lines(loads, (k) => `    h += product(q${k}, lane + ${lanes * k}u, rotation);`)}
${addUp[reduction](lanes)}
    a = fmix32(a ^ h ^ walk.keys[(t >> 2u) & 1u][t & 3u]);
  }
  if (lane == 0u && m < walk.count) { results[walk.at + m] = a; }
}`;
}

const addUp: Readonly<Record<Reduction, (lanes: number) => string>> = {
  subgroup: (lanes) =>
    lines(Math.log2(lanes), (step) => `    h += subgroupShuffleXor(h, ${lanes >> (step + 1)}u);`),
  // Two sets of parts by turns: one barrier a step is enough.
  workgroup: (lanes) => `    let parity = (t & 1u) * ${walkThreads}u;
    parts[parity + thread] = h;
    workgroupBarrier();
    let mine = parity + (thread & ~${lanes - 1}u);
    h = ${Array.from({ length: lanes }, (_, lane) => `parts[mine + ${lane}u]`).join(' + ')};`,
};
