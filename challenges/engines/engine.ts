import type { ComputeShape } from '../../protocol/shapes.js';
import type { PageNetwork } from '../pages/network.js';

/** The first vectors of a round's pages: page `p` starts as `left[p mod 1024] + right[p div 1024]`, wrapped. */
export interface StartVectors {
  /** `min(pages, 1024)` vectors of `n` int8. */
  readonly left: Int8Array;
  /** `ceil(pages / 1024)` vectors of `n` int8. */
  readonly right: Int8Array;
}

/** Something that computes page digests: ONNX Runtime, WebGPU, a plain loop. All give the same bits. */
export interface ComputeEngine {
  /** Such as `onnx-cpu`; goes into `exam.ready` and chooses the expectation that a rate is held against. */
  readonly name: string;
  /**
   * Compiles, allocates and warms up for a shape, before any seed is known.
   * @throws TouchstoneError `engine.unavailable` or `engine.failed`
   */
  prepare(shape: Pick<ComputeShape, 'n' | 'layers' | 'pages'>): Promise<PreparedCompute>;
  /** Frees what the engine holds. */
  close(): Promise<void>;
}

export interface PreparedCompute {
  /** Takes the network of a seed. Called once per seed, before `round`. */
  load(network: PageNetwork): Promise<void>;
  /**
   * Digests of the pages `first … first + count - 1` of a round: `4 · count` int32, page-major.
   * `first` is a multiple of 1024; `count` at most `batchPages`.
   */
  digests(start: StartVectors, first: number, count: number): Promise<Int32Array>;
  /** Most pages in one call, a multiple of 1024: what this engine computes best at once. */
  readonly batchPages: number;
  close(): Promise<void>;
}
