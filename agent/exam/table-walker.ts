import { toHex } from '../../protocol/bytes.js';
import type { WalkerOpening, WalkerReveal } from '../../protocol/messages/reveals.js';
import { type FailureWords, failureWords } from './failure-words.js';
import type { CardProver } from './prover.js';
import type { ProverQueue, Turn } from './prover-queue.js';
import type { TableKeeper } from './table-keeper.js';

/** One walk on a table that stays. The same one again has the same roots. */
export interface TableWalk {
  /** Hexadecimal. */
  readonly tableSeed: string;
  /** 32 bytes. */
  readonly walkSeed: Uint8Array;
  readonly rounds: number;
}

/**
 * Walks on the table that a card keeps between its exams. A prover can show its last walk alone; where another one came
 * between a walk and its openings, it walks again.
 */
export class TableWalker {
  readonly #queue: ProverQueue;
  readonly #tables: TableKeeper;
  readonly #lost: (words: FailureWords) => void;

  /** @param lost called after a table broke, or was found to have gone with its process */
  constructor(queue: ProverQueue, tables: TableKeeper, lost: (words: FailureWords) => void) {
    this.#queue = queue;
    this.#tables = tables;
    this.#lost = lost;
  }

  /**
   * @param wanted asked when it is this walk's turn: false where nobody waits for it any more
   * @returns one root (32 bytes) a round; null where that table is not there, or the walk was not wanted
   * @throws what the card's engine breaks with; the table is gone then
   */
  walk(walk: TableWalk, turn: Turn, wanted: () => boolean = () => true): Promise<Uint8Array[] | null> {
    return this.#queue.next(async (prover) => {
      if (!wanted() || !this.#tables.stands(walk.tableSeed)) return null;
      return await this.#do(prover, walk);
    }, turn);
  }

  /** Leaf and path of each opening, or null, and it throws, as `walk`. */
  reveal(
    walk: TableWalk,
    openings: readonly WalkerOpening[],
    turn: Turn,
    wanted: () => boolean = () => true,
  ): Promise<WalkerReveal[] | null> {
    return this.#queue.next(async (prover) => {
      if (!wanted() || !this.#tables.stands(walk.tableSeed)) return null;
      if (this.#tables.lastWalk !== nameOf(walk)) await this.#do(prover, walk);
      return await prover.revealWalk(openings);
    }, turn);
  }

  async #do(prover: CardProver, walk: TableWalk): Promise<Uint8Array[]> {
    this.#tables.walked(null);
    try {
      const roots = await prover.walk(walk.walkSeed, () => {}, walk.rounds);
      this.#tables.walked(nameOf(walk));
      return roots;
    } catch (error) {
      // Who knows what is left of it: no prover walks on a table on which a walk broke.
      await this.#tables.lost(prover, walk.tableSeed);
      this.#lost(failureWords(error));
      throw error;
    }
  }
}

const nameOf = ({ tableSeed, walkSeed, rounds }: TableWalk): string =>
  `${tableSeed}: ${rounds} rounds of ${toHex(walkSeed)}`;
