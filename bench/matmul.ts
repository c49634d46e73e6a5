import onnxProto from 'onnx-proto';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const { onnx } = onnxProto;
const float = onnx.TensorProto.DataType.FLOAT;
const matrix = (name: string, n: number) => ({
  name,
  type: { tensorType: { elemType: float, shape: { dim: [{ dimValue: n }, { dimValue: n }] } } },
});

/** Products in one go: long enough for the threads to have come up to speed, as they are in an exam. */
const times = 30;

/**
 * The bare fp32 product of ONNX Runtime's CPU provider: what the exam's rate is held against.
 *
 * @returns a function that does some `n × n` products and resolves with their operations
 */
export async function bareProduct(n: number): Promise<() => Promise<number>> {
  const model = onnx.ModelProto.fromObject({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'product',
      node: [{ opType: 'MatMul', input: ['a', 'b'], output: ['c'] }],
      input: [matrix('a', n), matrix('b', n)],
      output: [matrix('c', n)],
    },
  });
  const session = await InferenceSession.create(onnx.ModelProto.encode(model).finish());
  const values = () => new Tensor('float32', Float32Array.from({ length: n * n }, Math.random), [n, n]);
  const feeds = { a: values(), b: values() };
  return async () => {
    for (let i = 0; i < times; i += 1) await session.run(feeds);
    return times * 2 * n ** 3;
  };
}
