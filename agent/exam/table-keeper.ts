import { limits } from '../../protocol/limits.js';
import type { CardProver } from './prover.js';
import type { ProverQueue } from './prover-queue.js';

/** The walk begins when the slowest of the cohort has built: no sooner than that may an exam's table be given up. */
const idleMs = limits.buildMs + 60_000;
/** A table that stays is asked about every few minutes; where nobody does for so long, the verifier has lost it. */
const residentIdleMs = 7 * 3600_000;
/** Time for what still works on a table of no more use, before it is stopped. */
const graceMs = 10_000;

interface Table {
  /** What it was built for. */
  readonly arming: Promise<unknown>;
  /** Hexadecimal. */
  readonly seed: string;
  built: boolean;
  /** It is no exam's, or stays beyond it. */
  resident: boolean;
  /** Which walk the prover has done on it last, where it can be shown again. */
  lastWalk: string | null;
}

/**
 * Knows which table a card holds, and lets it go when it is of no more use: the memory belongs to whoever uses the card.
 * To an exam a table is known by the arming that it was built for, to everybody else by its seed.
 */
export class TableKeeper {
  readonly #queue: ProverQueue;
  readonly #dropped: () => void;
  #table: Table | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param dropped called after a table is gone */
  constructor(queue: ProverQueue, dropped: () => void) {
    this.#queue = queue;
    this.#dropped = dropped;
  }

  /** Of the table that is there, or on its way; null where none is. */
  get seed(): string | null {
    return this.#table?.seed ?? null;
  }

  /**
   * The card is armed for this table. It stays for the question's time and a while longer.
   * @param resident no exam asks for it
   */
  keep(arming: Promise<unknown>, seed: string, withinMs: number, resident = false): void {
    this.#table = { arming, seed, built: false, resident, lastWalk: null };
    this.extend(arming, withinMs);
  }

  /** The table of this seed stands. In the prover's turn: whoever is next may walk on it. */
  built(seed: string): void {
    if (this.#table?.seed === seed) this.#table.built = true;
  }

  /** Another question about this table came; nothing changes where it has gone. */
  extend(arming: Promise<unknown>, withinMs: number): void {
    if (this.#table?.arming !== arming) return;
    this.#dropIn(withinMs + idleMs);
  }

  /**
   * The table stays: its exam was passed, or somebody asked about it by its seed.
   * @returns false where it is not there
   */
  stay(arming: Promise<unknown>): boolean {
    const table = this.#table;
    if (table?.arming !== arming || !table.built) return false;
    this.#dropIn(residentIdleMs);
    table.resident = true;
    return true;
  }

  /** Whether the table of this seed stands; if so, it stays. */
  stands(seed: string): boolean {
    const table = this.#table;
    return table?.seed === seed && this.stay(table.arming);
  }

  /** Which walk on the table the prover can show: null where it is none that `walked` told of. */
  get lastWalk(): string | null {
    return this.#table?.lastWalk ?? null;
  }

  /** The prover begins a walk, with null, or has done one. */
  walked(walk: string | null): void {
    if (this.#table) this.#table.lastWalk = walk;
  }

  /** Lets the table of this seed go, as `drop`. */
  dropSeed(seed: string): void {
    if (this.#table?.seed === seed) this.drop(this.#table.arming);
  }

  /** Lets this table go when the prover is free, unless the card was armed for another one by then. */
  drop(arming: Promise<unknown>): void {
    const stands = (): boolean => this.#table?.arming === arming;
    if (!stands()) return;
    const gone = this.#queue.soon(
      graceMs,
      async (prover) => {
        if (!stands()) return;
        const resident = this.#table?.resident;
        await this.letGo(prover);
        // No exam is on that would ask for anything that the prover still has.
        if (resident) await prover.rest?.();
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

  /** The table of this seed broke, or went with its process: forgets it, and stops what is left of it. In the prover's turn. */
  async lost(prover: CardProver, seed: string): Promise<void> {
    if (this.seed === seed) {
      clearTimeout(this.#timer);
      this.#table = undefined;
    }
    await prover.rest?.().catch(() => {});
  }

  #dropIn(milliseconds: number): void {
    clearTimeout(this.#timer);
    const arming = this.#table?.arming;
    if (!arming) return;
    this.#timer = setTimeout(() => this.drop(arming), milliseconds);
    this.#timer.unref();
  }
}
