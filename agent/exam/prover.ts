import type { Opening, Reveal, WalkerOpening, WalkerReveal } from '../../protocol/messages/reveals.js';
import type { ComputeShape, MemoryShape } from '../../protocol/shapes.js';

/**
 * One card as the exam runner sees it. The real one holds a process with its engines; simulated and cheating
 * suppliers bring their own and run everything else of the agent unchanged. Called one at a time, in any order.
 */
export interface CardProver {
  /** Compiles and warms up; resolves with the name of the engine that will run. Rejects when it can't. */
  arm(shape: ComputeShape): Promise<string>;
  /**
   * Computes all rounds for a 32-byte seed; resolves with one root (32 bytes) for each round.
   * @param onProgress called with the share done, 0 to 1
   */
  commit(seed: Uint8Array, onProgress: (share: number) => void): Promise<Uint8Array[]>;
  /** The leaves and paths of the last commit. */
  reveal(openings: readonly Opening[]): Promise<Reveal[]>;
  /**
   * Makes the table of a 32-byte seed and keeps it; resolves with the name of the engine that holds it.
   * @param onProgress called with the share done, 0 to 1
   */
  build(shape: MemoryShape, tableSeed: Uint8Array, onProgress: (share: number) => void): Promise<string>;
  /**
   * Walks on the table for a 32-byte walk seed; resolves with one root (32 bytes) for each round.
   * @param rounds as many as the table's shape says when absent; a probe has others
   */
  walk(walkSeed: Uint8Array, onProgress: (share: number) => void, rounds?: number): Promise<Uint8Array[]>;
  /** The leaves and paths of the last walk. */
  revealWalk(openings: readonly WalkerOpening[]): Promise<WalkerReveal[]>;
  /** Lets the table go: the memory belongs to whoever uses the card. */
  dropTable(): Promise<void>;
  /** The exam is over, and nothing of it is asked again: gives back what is kept between exams to no purpose. */
  rest?(): Promise<void>;
  /** Stops whatever runs and frees the card. */
  close(): Promise<void>;
}
