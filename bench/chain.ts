import { randomBytes } from 'node:crypto';
import onnxProto, { type onnx as Onnx } from 'onnx-proto';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const { onnx } = onnxProto;
const { FLOAT, INT8, UINT8 } = onnx.TensorProto.DataType;

/** Of which numbers the products are: fp32, or uint8 matrices with zero point 128 by int8 values, summed in int32. */
export type Products = 'fp32' | 'int8';

const value = (name: string, elemType: number, rows: number, columns: number) => ({
  name,
  type: { tensorType: { elemType, shape: { dim: [{ dimValue: rows }, { dimValue: columns }] } } },
});

/**
 * The bare products of a page network on one thread of ONNX Runtime's CPU provider, and nothing else: four `n × n` matrices in
 * turn, `layers` of them one after the other, from the left on `n × columns` values. (Sums in int32 are cut to the int8 that
 * the next product takes.)
 *
 * @returns a function that does all of it once
 */
export async function bareChain(
  products: Products,
  n: number,
  layers: number,
  columns: number,
): Promise<() => Promise<unknown>> {
  const matrices = [0, 1, 2, 3].map((m) => `matrix${m}`);
  const [matrixType, valueType] = products === 'fp32' ? [FLOAT, FLOAT] : [UINT8, INT8];
  const model = onnx.ModelProto.fromObject({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'chain',
      node: Array.from({ length: layers }, (_, l) => layerNodes[products](l)).flat(),
      input: [...matrices.map((name) => value(name, matrixType, n, n)), value('x0', valueType, n, columns)],
      output: [value(`x${layers}`, valueType, n, columns)],
      initializer: products === 'int8' ? [{ name: 'zero', dims: [], dataType: UINT8, int32Data: [128] }] : [],
    },
  });
  const session = await InferenceSession.create(onnx.ModelProto.encode(model).finish(), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
  });
  const feeds: Record<string, Tensor> = { x0: random[products](n, columns, 'int8') };
  for (const name of matrices) feeds[name] = random[products](n, n, 'uint8');
  return () => session.run(feeds);
}

const layerNodes: Readonly<Record<Products, (layer: number) => Onnx.INodeProto[]>> = {
  fp32: (l) => [{ opType: 'MatMul', input: [`matrix${l % 4}`, `x${l}`], output: [`x${l + 1}`] }],
  int8: (l) => [
    { opType: 'MatMulInteger', input: [`matrix${l % 4}`, `x${l}`, 'zero'], output: [`y${l}`] },
    {
      opType: 'Cast',
      input: [`y${l}`],
      output: [`x${l + 1}`],
      attribute: [{ name: 'to', type: onnx.AttributeProto.AttributeType.INT, i: INT8 }],
    },
  ],
};

const random: Readonly<
  Record<Products, (rows: number, width: number, integers: 'int8' | 'uint8') => Tensor>
> = {
  fp32(rows, width) {
    // Of a size that the values neither grow nor fade along the way: infinities and tiny numbers take another time.
    const spread = Math.sqrt(12 / rows);
    const values = Float32Array.from({ length: rows * width }, () => (Math.random() - 0.5) * spread);
    return new Tensor('float32', values, [rows, width]);
  },
  int8(rows, width, integers) {
    const bytes = new Uint8Array(randomBytes(rows * width));
    return integers === 'uint8'
      ? new Tensor('uint8', bytes, [rows, width])
      : new Tensor('int8', new Int8Array(bytes.buffer), [rows, width]);
  },
};
