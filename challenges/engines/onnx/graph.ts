// A CommonJS package whose names Node can't see: values come by its default export, types by name.
import proto, { type onnx } from 'onnx-proto';

/**
 * Which form the graph takes.
 * - `start`: `grid` reads a round's two sets of start vectors (`left` `1 × L × n`, `right` `R × 1 × n`, int8) and
 *   computes all `R · L` pages; `pages` reads the start vectors themselves (`starts` `P × n`, int8).
 * - `output`: `digests` (`P × 4` int32), or the `pages` themselves (`P × n` int8).
 * - `matrices`: the element type of the inputs `matrix0 … matrix3`. `float32` saves a CPU the conversion in every run;
 *   `int8` moves a quarter of the bytes to a GPU and converts there.
 */
export interface GraphForm {
  readonly n: number;
  readonly layers: number;
  readonly start: 'grid' | 'pages';
  readonly output: 'digests' | 'pages';
  readonly matrices: 'float32' | 'int8';
}

type Dimension = number | string;
const { FLOAT, INT8, INT32, INT64 } = proto.onnx.TensorProto.DataType;
const { INT, FLOAT: FLOAT_ATTRIBUTE } = proto.onnx.AttributeProto.AttributeType;

/**
 * The page network of docs/protocol.md section 1 as an ONNX model, protobuf bytes. The network itself is an input, so one
 * session serves every seed. Inputs besides those of `GraphForm`: `bias` `layers × n` and, for digests, `digest` `4 × n`,
 * int8. One output, named as in `GraphForm`.
 *
 * All arithmetic is fp32 on integers and their 128ths. A sum of products is at most 2^24 in magnitude, so it is exact. The
 * bias joins it before the floor, which is exact up to |y| = 2^24 − 2^14: a random network's y stays below 2^21.
 */
export function pageModel(form: GraphForm): Uint8Array {
  const graph = new GraphWriter();
  const { n, layers } = form;
  const matrixType = form.matrices === 'int8' ? INT8 : FLOAT;
  const matrices = [0, 1, 2, 3].map((m) =>
    graph.floats(graph.input(`matrix${m}`, matrixType, [n, n]), matrixType),
  );
  const bias = graph.floats(graph.input('bias', INT8, [layers, n]), INT8);
  const biases = graph.split(bias, layers);

  let x =
    form.start === 'grid' ? gridStarts(graph, n) : graph.floats(graph.input('starts', INT8, ['P', n]), INT8);
  biases.forEach((b, layer) => {
    x = pageLayer(graph, x, matrices[layer % 4] as string, b);
  });
  if (form.output === 'pages') {
    graph.output('pages', INT8, ['P', n], graph.node('Cast', [x], [integer('to', INT8)]));
    return graph.encode();
  }
  const digest = graph.floats(graph.input('digest', INT8, [4, n]), INT8);
  const sums = graph.node('Gemm', [x, digest], [integer('transB', 1)]);
  graph.output('digests', INT32, ['P', 4], graph.node('Cast', [sums], [integer('to', INT32)]));
  return graph.encode();
}

/** `wrap8(left + right)` for all pairs, as `P × n`. */
function gridStarts(graph: GraphWriter, n: number): string {
  const left = graph.floats(graph.input('left', INT8, [1, 'L', n]), INT8);
  const right = graph.floats(graph.input('right', INT8, ['R', 1, n]), INT8);
  const sum = graph.node('Add', [left, right]);
  const turns = graph.node('Floor', [
    graph.node('Mul', [graph.node('Add', [sum, graph.scalar(128)]), graph.scalar(1 / 256)]),
  ]);
  const wrapped = graph.node('Sub', [sum, graph.node('Mul', [turns, graph.scalar(256)])]);
  return graph.node('Reshape', [wrapped, graph.shape([-1, n])]);
}

/** One layer: `((floor(y / 128) + bias) mod 256) − 128`; the bias is an integer, so it may come before the floor. */
function pageLayer(graph: GraphWriter, x: string, matrix: string, bias: string): string {
  const product = graph.node('Gemm', [x, matrix, bias], [integer('transB', 1), real('alpha', 1 / 128)]);
  const floored = graph.node('Floor', [product]);
  const turns = graph.node('Floor', [graph.node('Mul', [floored, graph.scalar(1 / 256)])]);
  const remainder = graph.node('Sub', [floored, graph.node('Mul', [turns, graph.scalar(256)])]);
  return graph.node('Sub', [remainder, graph.scalar(128)]);
}

const integer = (name: string, i: number): onnx.IAttributeProto => ({ name, type: INT, i });
const real = (name: string, f: number): onnx.IAttributeProto => ({ name, type: FLOAT_ATTRIBUTE, f });

/** Collects nodes and names their values `v0, v1, …`. */
class GraphWriter {
  readonly #nodes: onnx.INodeProto[] = [];
  readonly #inputs: onnx.IValueInfoProto[] = [];
  readonly #outputs: onnx.IValueInfoProto[] = [];
  readonly #constants = new Map<string, onnx.ITensorProto>();
  #values = 0;

  input(name: string, elemType: number, dims: Dimension[]): string {
    this.#inputs.push(valueInfo(name, elemType, dims));
    return name;
  }

  output(name: string, elemType: number, dims: Dimension[], value: string): void {
    this.#nodes.push({ opType: 'Identity', input: [value], output: [name] });
    this.#outputs.push(valueInfo(name, elemType, dims));
  }

  node(opType: string, input: string[], attribute: onnx.IAttributeProto[] = []): string {
    const value = `v${this.#values++}`;
    this.#nodes.push({ opType, input, output: [value], attribute });
    return value;
  }

  floats(value: string, elemType: number): string {
    return elemType === FLOAT ? value : this.node('Cast', [value], [integer('to', FLOAT)]);
  }

  /** The rows of a matrix, each `1 × columns`. */
  split(value: string, rows: number): string[] {
    const output = Array.from({ length: rows }, () => `v${this.#values++}`);
    const opType = rows === 1 ? 'Identity' : 'Split';
    const attribute = rows === 1 ? [] : [integer('axis', 0)];
    this.#nodes.push({ opType, input: [value], output, attribute });
    return output;
  }

  scalar(value: number): string {
    const name = `scalar ${value}`;
    this.#constants.set(name, { name, dims: [], dataType: FLOAT, floatData: [value] });
    return name;
  }

  shape(dims: number[]): string {
    const name = `shape ${dims.join(' ')}`;
    this.#constants.set(name, { name, dims: [dims.length], dataType: INT64, int64Data: dims });
    return name;
  }

  encode(): Uint8Array {
    const model = proto.onnx.ModelProto.fromObject({
      irVersion: 8,
      opsetImport: [{ domain: '', version: 17 }],
      producerName: 'touchstone',
      graph: {
        name: 'pages',
        node: this.#nodes,
        input: this.#inputs,
        output: this.#outputs,
        initializer: [...this.#constants.values()],
      },
    });
    return proto.onnx.ModelProto.encode(model).finish();
  }
}

function valueInfo(name: string, elemType: number, dims: Dimension[]): onnx.IValueInfoProto {
  const dim = dims.map((d) => (typeof d === 'string' ? { dimParam: d } : { dimValue: d }));
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}
