import type { MemoryShape } from '../../protocol/shapes.js';
import type { PageNetwork } from '../pages/network.js';
import type { StartVectors } from '../pages/start.js';

/** Something that holds a table of pages and walks on it: own WGSL kernels, threads over host memory. All give the same bits. */
export interface TableEngine {
  /** Such as `webgpu` or `cpu`. */
  readonly name: string;
  /**
   * Compiles the kernels and allocates every bank, before any seed is known.
   * @throws TouchstoneError `engine.unavailable`, `engine.failed`; `engine.out-of-memory` where the table does not fit
   */
  prepare(shape: TableShape): Promise<PreparedTable>;
  /** Frees what the engine holds. */
  close(): Promise<void>;
}

/** What an engine needs to know beforehand: all but the number of rounds. */
export type TableShape = Omit<MemoryShape, 'rounds'>;

/** What a table is made of: everything that follows from its seed. */
export interface TableSource {
  readonly network: PageNetwork;
  /** Start vectors of round seed `s_0` for all `banks · bankPages` pages. */
  readonly start: StartVectors;
  /** `n / 4` odd u32: word `i` of `stream(seed, "coefficients")` with its lowest bit set. */
  readonly coefficients: Uint32Array;
}

/** A table with its memory allocated, for one shape (docs/protocol.md section 3). */
export interface PreparedTable {
  /**
   * Fills all banks: page `g = bank · bankPages + index` is page `g` of the source. A second call replaces the table.
   * @param onProgress called now and then with the share done, 0 to 1
   * @throws TouchstoneError `engine.failed`
   */
  build(source: TableSource, onProgress?: (share: number) => void): Promise<void>;
  /**
   * Results of the walkers `first … first + count - 1` of a round, `count` u32 that the caller keeps. `first` is a multiple of 256; `count` at
   * most `batchWalkers`. Calls may overlap: a caller hashes one batch while the next one runs.
   * @param keys the eight u32 of the round's seed
   * @throws TouchstoneError `engine.failed`
   */
  walk(keys: Uint32Array, first: number, count: number): Promise<Uint32Array>;
  /** Most walkers in one call, a multiple of 256: what this engine walks best at once. */
  readonly batchWalkers: number;
  /** Pages `first … first + count - 1` of one bank as they lie there, `count · n` int8: for tests and answer files. */
  read(bank: number, first: number, count: number): Promise<Int8Array>;
  close(): Promise<void>;
}
