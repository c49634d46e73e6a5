import { limits } from '../../protocol/limits.js';
import type { CardProver } from './prover.js';
import type { ProverQueue } from './prover-queue.js';

/** The walk begins when the slowest of the cohort has built: no sooner than that may a table be given up. */
const defaultIdleMs = limits.buildMs + 60_000;
/** Time for what still works on a table of no more use, before it is stopped. */
const graceMs = 10_000;

/**
 * Knows which table a card holds, and lets it go when it is of no more use: the memory belongs to whoever uses the card.
 * A table is known by the arming that it was built for.
 */
export class TableKeeper {
  readonly #queue: ProverQueue;
  readonly #dropped: () => void;
  readonly #idleMs: number;
  #table: object | undefined;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param dropped called after a table is gone
   * @param idleMs how long a table lies there after the time for the last question about it; long enough for any
   *   cohort when absent
   */
  constructor(queue: ProverQueue, dropped: () => void, idleMs = defaultIdleMs) {
    this.#queue = queue;
    this.#dropped = dropped;
    this.#idleMs = idleMs;
  }

  /** The card is armed for this table. It stays for the question's time and a while longer. */
  keep(table: object, withinMs: number): void {
    this.#table = table;
    this.extend(table, withinMs);
  }

  /** Another question about this table came; nothing changes where it has gone. */
  extend(table: object, withinMs: number): void {
    if (this.#table !== table) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.drop(table), withinMs + this.#idleMs);
    this.#timer.unref();
  }

  /** Lets the table go when the prover is free, unless the card was armed for another one by then. */
  drop(table = this.#table): void {
    const stands = (): boolean => table !== undefined && this.#table === table;
    if (!stands()) return;
    const gone = this.#queue.soon(
      graceMs,
      async (prover) => {
        if (stands()) await this.letGo(prover);
      },
      stands,
    );
    // A prover that fails at it has lost the table with its process, and says so to the next question.
    gone.catch(() => {});
  }

  /** Lets whatever table there is go, now: in the prover's turn. */
  async letGo(prover: CardProver): Promise<void> {
    if (this.#table === undefined) return;
    clearTimeout(this.#timer);
    this.#table = undefined;
    await prover.dropTable();
    this.#dropped();
  }
}
