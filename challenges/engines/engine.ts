import type { ComputeShape } from '../../protocol/shapes.js';
import type { PageNetwork, SeededNetwork } from '../pages/network.js';
import type { StartVectors } from '../pages/start.js';

/** Something that computes page digests: ONNX Runtime, WebGPU, a plain loop. All give the same bits. */
export interface ComputeEngine {
  /** Such as `onnx-cpu`; goes into `exam.ready` and chooses the expectation that a rate is held against. */
  readonly name: string;
  /**
   * Compiles, allocates and warms up for a shape, before any seed is known.
   * @throws TouchstoneError `engine.unavailable`, `engine.failed`; `engine.inexact` where it found so itself
   */
  prepare(shape: EngineShape): Promise<PreparedCompute>;
  /** Frees what the engine holds. */
  close(): Promise<void>;
}

/** What an engine needs to know beforehand; the number of rounds does not matter to it. */
export type EngineShape = Pick<ComputeShape, 'n' | 'layers' | 'pages'>;

/** An engine made ready for one shape (docs/protocol.md section 2). Takes one call at a time. */
export interface PreparedCompute {
  /** Takes the network of a seed. Called once per seed, before `digests`. */
  load(network: PageNetwork): Promise<void>;
  /**
   * Digests of the pages `first … first + count - 1` of a round: `4 · count` int32, page-major.
   * `first` is a multiple of 1024; `count` at most `batchPages`.
   * @throws TouchstoneError `engine.failed`
   */
  digests(start: StartVectors, first: number, count: number): Promise<Int32Array>;
  /** Most pages in one call, a multiple of 1024: what this engine computes best at once. */
  readonly batchPages: number;
  close(): Promise<void>;
}

/**
 * The verifier's side: takes a network, or what it is to be made of, once a proof, and gives what makes pages with it, which
 * holds until the next network is taken.
 * @throws TouchstoneError `engine.unavailable`, `engine.failed`
 */
export type RecomputePages = (network: PageNetwork | SeededNetwork) => Promise<PagesOf>;

/**
 * Any `count` pages from their own start vectors (`count × n` int8), in one batched product: `count × n` int8, which the
 * next call may overwrite. A digest of a page is a thousand operations more, a step of a walk another thousand.
 * @throws TouchstoneError `engine.failed`
 */
export type PagesOf = (starts: Int8Array, count: number) => Promise<Int8Array>;
