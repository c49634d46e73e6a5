import { lines, type PageValues, requantise } from './text.js';

/** One product of subgroup matrices that a card offers: `M × K` int8 times `K × N` int8 into `M × N` int32. */
export interface MatrixUnit {
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

/** How a card's subgroups and workgroups bound the kernel. */
export interface SubgroupBounds {
  readonly minSize: number;
  readonly maxSize: number;
  /** `maxComputeInvocationsPerWorkgroup`. */
  readonly threads: number;
  /** `maxComputeWorkgroupStorageSize`. */
  readonly workgroupBytes: number;
}

/** A layer kernel on subgroup matrices; the tile takes the place of `productTile`. */
export interface MatrixKernel {
  readonly code: string;
  readonly tile: { readonly pages: number; readonly rows: number };
}

/** Values of one slice of the sums, 64 bytes a row, which lie 80 bytes apart: no two of eight rows share banks. */
const slice = 64;
const strideVectors = 5;

/** Sums of one subgroup by size: none has more than 128 of them in a thread's registers. */
const subgroupTiles = [
  { pages: 64, rows: 64 },
  { pages: 32, rows: 64 },
  { pages: 32, rows: 32 },
  { pages: 16, rows: 32 },
];

/**
 * The layer kernel of `product.ts` on tensor cores, by the WGSL extension `chromium_experimental_subgroup_matrix` (in the form
 * that takes the order of a matrix as template parameter; offsets and strides count array elements). Same bindings, same bits,
 * another tile. Null where the card's unit does not fit.
 *
 * NOT RUN BY ITS AUTHORS: it compiles, but no machine of theirs has the extension. So an engine uses it only where it gave the
 * same bits as the plain kernel on this very card, and faster (`../choice/choose.ts`).
 *
 * Four subgroups make two by two tiles. Pages are the left matrix, row-major; the layer's matrix transposed is the right
 * one, so its rows are read as columns. 64 × 64 sums from slices of 64 values are 64 operations for each byte from workgroup
 * memory. Sums can't be taken out of a result matrix: each goes through workgroup memory to be requantised.
 */
export function matrixKernel(n: PageValues, unit: MatrixUnit, bounds: SubgroupBounds): MatrixKernel | null {
  const own = subgroupTiles.find(
    ({ pages, rows }) =>
      (pages * rows) / bounds.minSize <= 128 && pages % unit.M === 0 && rows % unit.N === 0,
  );
  const threads = 4 * bounds.maxSize;
  if (own === undefined || slice % unit.K !== 0 || (unit.M * unit.N) % 4 !== 0 || unit.N % 4 !== 0)
    return null;
  const tile = { pages: 2 * own.pages, rows: 2 * own.rows };
  const bytes = (tile.pages + tile.rows) * strideVectors * 16 + 4 * unit.M * unit.N * 4;
  if (threads > bounds.threads || bytes > bounds.workgroupBytes) return null;
  return { tile, code: matrixWgsl(n, unit, own, bounds) };
}

function matrixWgsl(
  n: PageValues,
  { M, N, K }: MatrixUnit,
  own: MatrixKernel['tile'],
  { minSize, maxSize }: SubgroupBounds,
): string {
  const threads = 4 * maxSize;
  const [down, across] = [own.pages / M, own.rows / N];
  const left = `subgroup_matrix_left<i8, ${K}, ${M}>`;
  const right = `subgroup_matrix_right<i8, ${N}, ${K}>`;
  const result = `subgroup_matrix_result<i32, ${N}, ${M}>`;
  const each = (body: (i: number, j: number) => string) =>
    lines(down, (i) => lines(across, (j) => body(i, j)));
  // Where subgroups may be smaller than the largest, there are more than four: the others only carry.
  const whole = minSize === maxSize ? '' : 'if (subgroup < 4u)';
  return `
enable chromium_experimental_subgroup_matrix;
enable subgroups;
requires subgroup_id;
diagnostic(off, chromium.subgroup_matrix_uniformity);
const vectors = ${n / 16}u;
@group(0) @binding(0) var<storage, read> matrix: array<vec4u>;
@group(0) @binding(1) var<storage, read> bias: array<u32>;
@group(0) @binding(2) var<storage, read> source: array<vec4u>;
@group(0) @binding(3) var<storage, read_write> output: array<u32>;
var<workgroup> pages: array<vec4u, ${2 * own.pages * strideVectors}>;
var<workgroup> rows: array<vec4u, ${2 * own.rows * strideVectors}>;
var<workgroup> finished: array<i32, ${4 * M * N}>;
${requantise}

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) tile: vec3u, @builtin(local_invocation_index) thread: u32,
        @builtin(subgroup_id) subgroup: u32) {
  let ownPage = (subgroup >> 1u) * ${own.pages}u;
  let ownRow = (subgroup & 1u) * ${own.rows}u;
${each((i, j) => `  var sum${i}_${j} = ${result}();`)}

  for (var at = 0u; at < vectors; at += 4u) {
    workgroupBarrier();
    for (var i = thread; i < ${2 * own.pages * 4}u; i += ${threads}u) {
      pages[(i >> 2u) * ${strideVectors}u + (i & 3u)] = source[(tile.y * ${2 * own.pages}u + (i >> 2u)) * vectors + at + (i & 3u)];
    }
    for (var i = thread; i < ${2 * own.rows * 4}u; i += ${threads}u) {
      rows[(i >> 2u) * ${strideVectors}u + (i & 3u)] = matrix[(tile.x * ${2 * own.rows}u + (i >> 2u)) * vectors + at + (i & 3u)];
    }
    workgroupBarrier();
    ${whole} {
      for (var k = 0u; k < 4u; k += ${K / 16}u) {
${lines(down, (i) => `        let page${i} = subgroupMatrixLoad<${left}, row_major>(&pages, (ownPage + ${i * M}u) * ${strideVectors}u + k, ${strideVectors}u);`)}
${lines(
  across,
  (
    j,
  ) => `        let row${j} = subgroupMatrixLoad<${right}, col_major>(&rows, (ownRow + ${j * N}u) * ${strideVectors}u + k, ${strideVectors}u);
${lines(down, (i) => `        sum${i}_${j} = subgroupMatrixMultiplyAccumulate(page${i}, row${j}, sum${i}_${j});`)}`,
)}
      }
    }
  }

  let held = arrayLength(&output) / (vectors * 4u);
${each(
  (i, j) => `  workgroupBarrier();
  ${whole} { subgroupMatrixStore<row_major>(&finished, subgroup * ${M * N}u, sum${i}_${j}, ${N}u); }
  workgroupBarrier();
  for (var f = thread; f < ${M * N}u; f += ${threads}u) {
    // Word f of the four results; four neighbouring rows of one page.
    let owner = f / ${(M * N) / 4}u;
    let within = f % ${(M * N) / 4}u;
    let page = tile.y * ${2 * own.pages}u + (owner >> 1u) * ${own.pages}u + ${i * M}u + within / ${N / 4}u;
    let word = tile.x * ${(2 * own.rows) / 4}u + (owner & 1u) * ${own.rows / 4}u + ${(j * N) / 4}u + within % ${N / 4}u;
    if (page < held) {
      let y = vec4i(finished[4u * f], finished[4u * f + 1u], finished[4u * f + 2u], finished[4u * f + 3u]);
      output[page * vectors * 4u + word] = requantise(y, bias[word]);
    }
  }`,
)}
}`;
}
