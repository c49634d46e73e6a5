import { type ElementType, type GraphWriter, integer, real } from './writer.js';

/**
 * How the layers of the page network (docs/protocol.md section 1) are written in ONNX's operators. All give the same
 * bits where the hardware does what the operators promise; which is fastest depends on the hardware, and whether it
 * keeps the promise is tried before one is used (forms.ts).
 *
 * - `int8-rows`: integer products of many pages, a page a row. Three operators a layer, of which ONNX Runtime makes two.
 * - `int8-columns`: integer products of few pages, a page a column: the matrices are read as they lie. One more.
 * - `float-columns`: fp32 products of few pages, likewise. Five operators.
 * - `float-casts`: fp32 products; casts drop the high bits. Five operators.
 * - `float-floors`: fp32 alone. Seven operators, and no cast on the way.
 */
export type ArithmeticName = 'int8-rows' | 'int8-columns' | 'float-columns' | 'float-casts' | 'float-floors';

/** Pages and matrices as a graph's inputs and outputs hold them. `uint8` stands for the value plus 128. */
export interface Arithmetic {
  readonly matrixType: (provider: string) => 'int8' | 'uint8' | 'float32';
  readonly pageType: 'int8' | 'uint8';
  /** The operand of a layer's product, from an `n × n` input of `type`. */
  matrix(graph: GraphWriter, input: string, type: ElementType): string;
  /** What each layer adds, from the whole bias, `layers · n` int8. */
  biases(graph: GraphWriter, bias: string, layers: number, n: number): string[];
  /** Pages as the layers take them, from `P × n` of `pageType`. */
  enter(graph: GraphWriter, starts: string): string;
  /** The same from `left` `1 × L × n` and `right` `R × 1 × n`, both int8: `wrap8(left + right)` for all pairs. */
  grid(graph: GraphWriter, left: string, right: string, n: number): string;
  layer(graph: GraphWriter, x: string, matrix: string, bias: string): string;
  /** `P × n` of `pageType`. */
  pages(graph: GraphWriter, x: string): string;
  /** `P × 4` int32, from the digest vectors, `4 × n` int8. */
  digests(graph: GraphWriter, x: string, digest: string): string;
}

/**
 * Added to `y / 128` where a cast is to round it down: a cast cuts towards zero, and positive numbers it rounds down.
 * Exact for |y| < 2^22, 24 standard deviations of a random network's y, and for any y that 128 divides.
 */
const offset = 2 ** 15;

/** int8 to fp32. Of all ways to convert int8, WebGPU has only this one. */
const floatOf = (graph: GraphWriter, value: string): string =>
  graph.node('DequantizeLinear', [value, graph.scalar(1)]);

/** The fp32 bias of each layer, `n` values, plus a constant. */
function floatBiases(graph: GraphWriter, bias: string, layers: number, n: number, plus: number): string[] {
  // Converted first: WebGPU reshapes no int8.
  const floats = graph.reshape(floatOf(graph, bias), [layers * n]);
  return graph.split(plus === 0 ? floats : graph.node('Add', [floats, graph.scalar(plus)]), layers, n);
}

/** `y / 128 + bias`. A sum of products is at most 2^24 in magnitude, so fp32 is exact, and so is its 128th. */
const scaledProduct = (graph: GraphWriter, x: string, matrix: string, bias: string): string =>
  graph.node('Gemm', [x, matrix, bias], [integer('transB', 1), real('alpha', 1 / 128)]);

const floatDigests = (graph: GraphWriter, x: string, digest: string): string =>
  graph.cast(graph.node('Gemm', [x, floatOf(graph, digest)], [integer('transB', 1)]), 'int32');

/** fp32 matrices spare a CPU the conversion in every run; int8 moves a quarter of the bytes to a GPU. */
const floatMatrixType: Arithmetic['matrixType'] = (provider) => (provider === 'cpu' ? 'float32' : 'int8');

const floatMatrix: Arithmetic['matrix'] = (graph, input, type) =>
  type === 'float32' ? input : floatOf(graph, input);

/** The sums of all pairs, as `P × n`. */
const pairSums = (graph: GraphWriter, left: string, right: string, n: number): string =>
  graph.reshape(graph.node('Add', [left, right]), [-1, n]);

/** Floors of fp32: exact for |y| up to 2^24 − 2^14. */
const floatFloors: Arithmetic = {
  matrixType: floatMatrixType,
  pageType: 'int8',
  matrix: floatMatrix,
  biases: (graph, bias, layers, n) => floatBiases(graph, bias, layers, n, 0),
  enter: (graph, starts) => floatOf(graph, starts),
  grid(graph, left, right, n) {
    const sums = pairSums(graph, floatOf(graph, left), floatOf(graph, right), n);
    return remainder(graph, graph.node('Add', [sums, graph.scalar(128)]));
  },
  layer: (graph, x, matrix, bias) =>
    remainder(graph, graph.node('Floor', [scaledProduct(graph, x, matrix, bias)])),
  pages: (graph, x) => graph.cast(x, 'int8'),
  digests: floatDigests,
};

/** `(value mod 256) − 128` of whole numbers. */
function remainder(graph: GraphWriter, value: string): string {
  const turns = graph.node('Floor', [graph.node('Mul', [value, graph.scalar(1 / 256)])]);
  const low = graph.node('Sub', [value, graph.node('Mul', [turns, graph.scalar(256)])]);
  return graph.node('Sub', [low, graph.scalar(128)]);
}

/** The cast to int32 rounds down, the cast to uint8 drops the high bits, the conversion to fp32 subtracts 128. */
const floatCasts: Arithmetic = {
  matrixType: floatMatrixType,
  pageType: 'uint8',
  matrix: floatMatrix,
  biases: (graph, bias, layers, n) => floatBiases(graph, bias, layers, n, offset),
  enter: (graph, starts) =>
    graph.node('DequantizeLinear', [starts, graph.scalar(1), graph.scalar(128, 'uint8')]),
  grid(graph, left, right, n) {
    const shifted = graph.node('Add', [floatOf(graph, right), graph.scalar(128)]);
    return lowByte(graph, pairSums(graph, floatOf(graph, left), shifted, n));
  },
  layer: (graph, x, matrix, bias) => lowByte(graph, scaledProduct(graph, x, matrix, bias)),
  pages: (graph, x) => graph.cast(graph.node('Add', [x, graph.scalar(128)]), 'uint8'),
  digests: floatDigests,
};

/**
 * `(floor(value) mod 256) − 128`. Two casts in a row would be made one by ONNX Runtime, from fp32 to uint8, which on WebGPU
 * makes 0 of what is negative; so the offset is taken away between them.
 */
const lowByte = (graph: GraphWriter, value: string): string => {
  const whole = graph.node('Add', [graph.cast(value, 'int32'), graph.scalar(-offset, 'int32')]);
  return floatCasts.enter(graph, graph.cast(whole, 'uint8'));
};

/** The casts of fp32 with the matrices on the left and a page a column: few pages are quick to pack, matrices are not. */
const floatColumns: Arithmetic = {
  ...floatCasts,
  biases: (graph, bias, layers, n) =>
    floatBiases(graph, bias, layers, n, offset).map((each) => graph.reshape(each, [n, 1])),
  enter: (graph, starts) => graph.transpose(floatCasts.enter(graph, starts)),
  grid: (graph, left, right, n) => graph.transpose(floatCasts.grid(graph, left, right, n)),
  layer: (graph, x, matrix, bias) =>
    lowByte(graph, graph.node('Gemm', [matrix, x, bias], [real('alpha', 1 / 128)])),
  pages: (graph, x) => floatCasts.pages(graph, graph.transpose(x)),
  digests: (graph, x, digest) => floatDigests(graph, graph.transpose(x), digest),
};

/**
 * Products of uint8 and int8: the one pair that processors have an instruction for. The page is the uint8 side with zero
 * point 128, so what the casts leave is the next layer's operand. The product is summed in int32, scaled and given its
 * bias in one operator.
 */
const int8Rows: Arithmetic = {
  matrixType: () => 'int8',
  pageType: 'uint8',
  matrix: (graph, input) => graph.transpose(input),
  biases: (graph, bias, layers, n) => floatBiases(graph, bias, layers, n, offset),
  enter: (_, starts) => starts,
  grid(graph, left, right, n) {
    // int8 sums wrap; adding −128 to one of them is the zero point.
    const shifted = graph.node('Add', [right, graph.scalar(-128, 'int8')]);
    return graph.cast(pairSums(graph, left, shifted, n), 'uint8');
  },
  layer(graph, x, matrix, bias) {
    const scales = [graph.scalar(1), graph.scalar(1 / 128)];
    const zeros = [graph.scalar(128, 'uint8'), graph.scalar(0, 'int8')];
    const scaled = graph.runtimeNode('MatMulIntegerToFloat', [x, matrix, ...scales, ...zeros, bias]);
    return graph.cast(graph.cast(scaled, 'int32'), 'uint8');
  },
  pages: (_, x) => x,
  digests: (graph, x, digest) =>
    graph.node('MatMulInteger', [x, graph.transpose(digest), graph.scalar(128, 'uint8')]),
};

/**
 * The same with the matrix as the uint8 side: no matrix is turned or packed, which is most of the work where pages are
 * few. The bias has a value a row, which the product can't add.
 */
const int8Columns: Arithmetic = {
  matrixType: () => 'uint8',
  pageType: 'int8',
  matrix: (_, input) => input,
  biases: (graph, bias, layers, n) =>
    floatBiases(graph, bias, layers, n, offset + 128).map((each) => graph.reshape(each, [n, 1])),
  enter: (graph, starts) => graph.transpose(starts),
  grid: (graph, left, right, n) => graph.transpose(pairSums(graph, left, right, n)),
  layer(graph, x, matrix, bias) {
    const scales = [graph.scalar(1), graph.scalar(1 / 128)];
    const zeros = [graph.scalar(128, 'uint8'), graph.scalar(0, 'int8')];
    const scaled = graph.runtimeNode('MatMulIntegerToFloat', [matrix, x, ...scales, ...zeros]);
    return graph.cast(graph.cast(graph.node('Add', [scaled, bias]), 'int32'), 'int8');
  },
  pages: (graph, x) => graph.transpose(x),
  digests: (graph, x, digest) => graph.transpose(graph.node('MatMulInteger', [digest, x])),
};

/** Every arithmetic by its name. */
export const arithmetics: Readonly<Record<ArithmeticName, Arithmetic>> = {
  'int8-rows': int8Rows,
  'int8-columns': int8Columns,
  'float-columns': floatColumns,
  'float-casts': floatCasts,
  'float-floors': floatFloors,
};
