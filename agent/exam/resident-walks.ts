import type { WalkerOpening, WalkerReveal } from '../../protocol/messages/reveals.js';

/** Walks on the tables that cards keep between exams. An exam's own questions come first. */
export interface ResidentWalks {
  /**
   * Walks `rounds` rounds.
   *
   * @param tableSeed hexadecimal
   * @param walkSeed 32 bytes
   * @returns one root (32 bytes) a round; null where that table is not there
   */
  walk(card: number, tableSeed: string, walkSeed: Uint8Array, rounds: number): Promise<Uint8Array[] | null>;
  /** Walks once more and shows walkers of it; null where that table is not there. */
  reveal(
    card: number,
    tableSeed: string,
    walkSeed: Uint8Array,
    rounds: number,
    openings: readonly WalkerOpening[],
  ): Promise<WalkerReveal[] | null>;
}
