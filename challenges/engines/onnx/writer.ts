// A CommonJS package whose names Node can't see: values come by its default export, types by name.
import proto, { type onnx } from 'onnx-proto';

/** Element types by the names that tensors have in ONNX Runtime for JavaScript. */
export type ElementType = 'float32' | 'int8' | 'uint8' | 'int32' | 'int64';

type Dimension = number | string;
const { FLOAT, INT8, UINT8, INT32, INT64 } = proto.onnx.TensorProto.DataType;
const elementTypes: Readonly<Record<ElementType, number>> = {
  float32: FLOAT,
  int8: INT8,
  uint8: UINT8,
  int32: INT32,
  int64: INT64,
};
const { INT, FLOAT: REAL, INTS } = proto.onnx.AttributeProto.AttributeType;

/** Operators beyond the standard that ONNX Runtime brings. */
const runtimeDomain = 'com.microsoft';

/** Most parts of one Split: WebGPU promises eight buffers to a kernel, one of them is the input. */
const splitParts = 7;

/** Collects the nodes of a graph and names their values `v0, v1, …`. */
export class GraphWriter {
  readonly #nodes: onnx.INodeProto[] = [];
  readonly #inputs: onnx.IValueInfoProto[] = [];
  readonly #outputs: onnx.IValueInfoProto[] = [];
  readonly #constants = new Map<string, onnx.ITensorProto>();
  #values = 0;

  input(name: string, type: ElementType, dims: Dimension[]): string {
    this.#inputs.push(valueInfo(name, type, dims));
    return name;
  }

  output(name: string, type: ElementType, dims: Dimension[], value: string): void {
    this.#nodes.push({ opType: 'Identity', input: [value], output: [name] });
    this.#outputs.push(valueInfo(name, type, dims));
  }

  node(opType: string, input: string[], attribute: onnx.IAttributeProto[] = []): string {
    return this.#node({ opType, input, attribute });
  }

  /** A node of ONNX Runtime's own operators. */
  runtimeNode(opType: string, input: string[]): string {
    return this.#node({ opType, input, domain: runtimeDomain });
  }

  cast(value: string, type: ElementType): string {
    return this.node('Cast', [value], [integer('to', elementTypes[type])]);
  }

  /** Rows become columns. */
  transpose(value: string): string {
    return this.node('Transpose', [value], [{ name: 'perm', type: INTS, ints: [1, 0] }]);
  }

  reshape(value: string, dims: number[]): string {
    return this.node('Reshape', [value, this.#int64s(dims)]);
  }

  /** `parts` pieces of `size` along the first axis, as a tree of Splits: one Split of many is more than WebGPU takes. */
  split(value: string, parts: number, size: number): string[] {
    if (parts === 1) return [value];
    const each = Math.ceil(parts / splitParts);
    const groups = Array.from({ length: Math.ceil(parts / each) }, (_, i) =>
      Math.min(each, parts - i * each),
    );
    const output = groups.map(() => this.#value());
    this.#nodes.push({
      opType: 'Split',
      input: [value, this.#int64s(groups.map((count) => count * size))],
      output,
      attribute: [integer('axis', 0)],
    });
    return groups.flatMap((count, i) => this.split(output[i] as string, count, size));
  }

  /** A single number. */
  scalar(value: number, type: ElementType = 'float32'): string {
    const numbers = type === 'float32' ? { floatData: [value] } : { int32Data: [value] };
    return this.#constant(`${type} ${value}`, { dims: [], dataType: elementTypes[type], ...numbers });
  }

  /** The model as protobuf bytes. */
  encode(): Uint8Array {
    const model = proto.onnx.ModelProto.fromObject({
      irVersion: 8,
      opsetImport: [
        { domain: '', version: 17 },
        { domain: runtimeDomain, version: 1 },
      ],
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

  #node(node: onnx.INodeProto): string {
    const value = this.#value();
    this.#nodes.push({ ...node, output: [value] });
    return value;
  }

  #value(): string {
    return `v${this.#values++}`;
  }

  #int64s(values: number[]): string {
    return this.#constant(`int64 ${values.join(' ')}`, {
      dims: [values.length],
      dataType: INT64,
      int64Data: values,
    });
  }

  #constant(name: string, tensor: onnx.ITensorProto): string {
    this.#constants.set(name, { name, ...tensor });
    return name;
  }
}

/** An attribute that is an integer. */
export const integer = (name: string, i: number): onnx.IAttributeProto => ({ name, type: INT, i });
/** An attribute that is a number. */
export const real = (name: string, f: number): onnx.IAttributeProto => ({ name, type: REAL, f });

function valueInfo(name: string, type: ElementType, dims: Dimension[]): onnx.IValueInfoProto {
  const dim = dims.map((d) => (typeof d === 'string' ? { dimParam: d } : { dimValue: d }));
  return { name, type: { tensorType: { elemType: elementTypes[type], shape: { dim } } } };
}
