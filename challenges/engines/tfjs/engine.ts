import type { Tensor2D } from '@tensorflow/tfjs';
import { TouchstoneError } from '../../../protocol/error.js';
import type { PageNetwork } from '../../pages/network.js';
import type { ComputeEngine, PreparedCompute } from '../engine.js';
import { cpuBatchPages, digestsByGrids, gpuBatchPages, warmUp } from '../grid.js';
import { loadTensorflow, type Tensorflow, type TfjsDevice, tfjsNameOf } from './runtime.js';

/**
 * The page network on TensorFlow.js. Nothing is loaded before `prepare`. On the CPU it is plain JavaScript, hundreds of
 * times slower than ONNX Runtime: it shows there that the same calls are exact.
 */
export function createTfjsEngine(device: TfjsDevice): ComputeEngine {
  const open = new Set<PreparedCompute>();
  const name = tfjsNameOf(device);
  return {
    name,
    async prepare(shape) {
      const tf = await loadTensorflow(device);
      const pages = new TfjsPages(tf, name);
      const digestsOf = (left: Int8Array, right: Int8Array) => pages.digests(left, right);
      const prepared: PreparedCompute = {
        batchPages: device === 'cpu' ? cpuBatchPages : gpuBatchPages(shape),
        load: async (network) => pages.load(network),
        digests: (start, first, count) => digestsByGrids(digestsOf, shape.n, start, first, count),
        async close() {
          if (open.delete(prepared)) pages.unload();
        },
      };
      open.add(prepared);
      try {
        // Plain JavaScript has nothing to warm up.
        if (device === 'gpu') await warmUp(name, prepared, shape);
        pages.unload();
      } catch (error) {
        await prepared.close();
        throw error;
      }
      return prepared;
    },
    async close() {
      for (const prepared of open) await prepared.close();
    },
  };
}

/** A network as tensors. All of them are fp32. */
type Loaded = {
  n: number;
  /** Divided by 128, which is exact: a product then is `y / 128`. */
  matrices: Tensor2D[];
  /** `1 × n` for each layer. */
  biases: Tensor2D[];
  digest: Tensor2D;
};

/**
 * Pages by fp32 tensors. A sum of products is at most 2^24 in magnitude, so it is exact, also where the card multiplies in
 * TF32: int8 values have few bits. The bias joins it before the floor, exact for |y| up to 2^24 − 2^14.
 */
class TfjsPages {
  readonly #tf: Tensorflow;
  readonly #engine: string;
  #network: Loaded | null = null;

  constructor(tf: Tensorflow, engine: string) {
    this.#tf = tf;
    this.#engine = engine;
  }

  load({ n, layers, matrices, bias, digest }: PageNetwork): void {
    this.unload();
    const tf = this.#tf;
    const tensor = (values: Int8Array, rows: number, scale = 1) =>
      tf.tensor2d(
        Float32Array.from(values, (value) => value * scale),
        [rows, n],
      );
    // Tidy, so that nothing stays where there is no room for all of it.
    this.#network = this.#orFailed(() =>
      tf.tidy(
        (): Loaded => ({
          n,
          matrices: matrices.map((matrix) => tensor(matrix, n, 1 / 128)),
          biases: Array.from({ length: layers }, (_, layer) =>
            tensor(bias.subarray(layer * n, (layer + 1) * n), 1),
          ),
          digest: tensor(digest, 4),
        }),
      ),
    );
  }

  unload(): void {
    if (this.#network === null) return;
    const { matrices, biases, digest } = this.#network;
    this.#network = null;
    this.#tf.dispose([...matrices, ...biases, digest]);
  }

  /** @throws TouchstoneError `engine.failed` */
  async digests(left: Int8Array, right: Int8Array): Promise<Int32Array> {
    const network = this.#network;
    if (network === null)
      throw new TouchstoneError('engine.failed', 'No network was loaded.', { engine: this.#engine });
    const sums = this.#orFailed(() => this.#sums(network, left, right));
    try {
      return Int32Array.from(await sums.data());
    } finally {
      sums.dispose();
    }
  }

  #sums({ n, matrices, biases, digest }: Loaded, left: Int8Array, right: Int8Array): Tensor2D {
    const tf = this.#tf;
    // A layer at a time: what one leaves behind would be many times what it needs.
    let pages = tf.tidy(() => {
      const columns = tf.tensor3d(Float32Array.from(left), [1, left.length / n, n]);
      const rows = tf.tensor3d(Float32Array.from(right), [right.length / n, 1, n]);
      return this.#lowByte(columns.add(rows).add(128).reshape([-1, n]));
    });
    try {
      for (const [layer, bias] of biases.entries()) {
        const from = pages;
        pages = tf.tidy(() => {
          const a = from;
          const b = matrices[layer % 4] as Tensor2D;
          const scaled = tf.fused.matMul({ a, b, transposeB: true, bias }) as Tensor2D;
          return this.#lowByte(scaled.floor());
        });
        from.dispose();
      }
      return tf.matMul(pages, digest, false, true);
    } finally {
      pages.dispose();
    }
  }

  /** `(value mod 256) − 128` of whole numbers; TensorFlow's mod is the non-negative one. */
  #lowByte(value: Tensor2D): Tensor2D {
    return value.mod(256).sub(128);
  }

  #orFailed<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new TouchstoneError('engine.failed', message, { engine: this.#engine }, { cause });
    }
  }
}
