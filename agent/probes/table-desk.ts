import { fromHex } from '../../protocol/bytes.js';
import type { TableBuild, TableDrop, TableMessage } from '../../protocol/messages/table.js';
import { tableBytes } from '../../protocol/shapes.js';
import { Answers } from '../exam/answers.js';
import { failureWords } from '../exam/failure-words.js';
import type { ProverQueue } from '../exam/prover-queue.js';
import type { TableKeeper } from '../exam/table-keeper.js';
import type { TableEvent } from './events.js';

/** What is to be known of the card's exams. */
export interface Exams {
  /** One is on: its work is not stopped for an order. */
  readonly examining: boolean;
  /** How often the card was armed for any. */
  readonly armings: number;
}

export interface TableDeskOptions {
  readonly card: number;
  readonly queue: ProverQueue;
  readonly tables: TableKeeper;
  readonly exams: Exams;
  readonly send: (message: TableMessage) => void;
  readonly events: (event: TableEvent) => void;
}

/**
 * Makes the tables that one card is ordered to keep, and lets them go. Exams and probes go before an order that waits; the
 * last order counts, and an exam ends it.
 */
export class TableDesk {
  readonly #options: TableDeskOptions;
  readonly #answers = new Answers();
  /** Seed of the last order. */
  #ordered: string | null = null;

  constructor(options: TableDeskOptions) {
    this.#options = options;
  }

  /** Answers `table.ready`, or `table.decline` where the prover can't. Stops a prover that hangs, as an exam does. */
  build({ purpose, shape, tableSeed, withinMs }: TableBuild): void {
    const { card, queue, tables, exams, send, events } = this.#options;
    const { armings } = exams;
    this.#ordered = tableSeed;
    const wanted = (): boolean => this.#ordered === tableSeed && exams.armings === armings;
    const armed = queue.soon(
      withinMs / 2,
      async (prover) => {
        if (!wanted()) throw new Error('An exam or another table was asked for before this one was begun.');
        tables.keep(armed, tableSeed, withinMs, true);
        events({ type: 'table.ordered', card, purpose, bytes: tableBytes(shape) });
        const engine = await prover.build(shape, fromHex(tableSeed), () => {});
        tables.built(tableSeed);
        return engine;
      },
      () => wanted() && !exams.examining,
      'later',
    );
    const answer = armed.then(
      (engine) => {
        if (tables.stands(tableSeed)) events({ type: 'table.kept', card });
        send({ type: 'table.ready', card, tableSeed, engine });
      },
      (error: unknown) => {
        const words = failureWords(error);
        send({ type: 'table.decline', card, tableSeed, message: words.message });
        events({ type: 'table.declined', card, ...words });
        tables.drop(armed);
      },
    );
    this.#answers.add(answer);
  }

  /** Nothing is answered. A table of another seed stays. */
  drop({ tableSeed }: TableDrop): void {
    if (this.#ordered === tableSeed) this.#ordered = null;
    this.#options.tables.dropSeed(tableSeed);
  }

  /** Resolves when no answer is on its way. */
  idle(): Promise<void> {
    return this.#answers.idle();
  }
}
