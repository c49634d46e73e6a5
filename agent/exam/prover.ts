import type { Opening, Reveal } from '../../protocol/messages/exam.js';
import type { ComputeShape } from '../../protocol/shapes.js';

/**
 * One card as the exam runner sees it. The real one holds a process with an engine; simulated and cheating
 * suppliers bring their own and run everything else of the agent unchanged.
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
  /** Stops whatever runs and frees the card. */
  close(): Promise<void>;
}
