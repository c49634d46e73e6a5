import onnxProto from 'onnx-proto';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const { onnx } = onnxProto;
const float = onnx.TensorProto.DataType.FLOAT;
const value = (name: string, rows: number, columns: number) => ({
  name,
  type: { tensorType: { elemType: float, shape: { dim: [{ dimValue: rows }, { dimValue: columns }] } } },
});

/**
 * The bare products of a page network on one thread of ONNX Runtime's CPU provider, and nothing else: four `n × n` fp32
 * matrices in turn, `layers` of them one after the other, from the left on `n × columns` values.
 *
 * @returns a function that does all of it once
 */
export async function bareChain(n: number, layers: number, columns: number): Promise<() => Promise<unknown>> {
  const matrices = [0, 1, 2, 3].map((m) => `matrix${m}`);
  const node = Array.from({ length: layers }, (_, l) => ({
    opType: 'MatMul',
    input: [matrices[l % 4] as string, `x${l}`],
    output: [`x${l + 1}`],
  }));
  const model = onnx.ModelProto.fromObject({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'chain',
      node,
      input: [...matrices.map((name) => value(name, n, n)), value('x0', n, columns)],
      output: [value(`x${layers}`, n, columns)],
    },
  });
  const session = await InferenceSession.create(onnx.ModelProto.encode(model).finish(), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
  });
  // Of a size that the values neither grow nor fade along the way: infinities and tiny numbers take another time.
  const spread = Math.sqrt(12 / n);
  const random = (rows: number, width: number) =>
    new Tensor(
      'float32',
      Float32Array.from({ length: rows * width }, () => (Math.random() - 0.5) * spread),
      [rows, width],
    );
  const feeds: Record<string, Tensor> = { x0: random(n, columns) };
  for (const name of matrices) feeds[name] = random(n, n);
  return () => session.run(feeds);
}
