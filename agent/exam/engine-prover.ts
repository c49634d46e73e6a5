import { type ComputeProof, proveCompute } from '../../challenges/compute/prover.js';
import type { ComputeEngine, PreparedCompute } from '../../challenges/engines/engine.js';
import type { PreparedTable, TableEngine } from '../../challenges/engines/table.js';
import { buildTable, type MemoryProof, proveWalk } from '../../challenges/memory/prover.js';
import { requireMemoryShape } from '../../challenges/memory/shape.js';
import { toHex } from '../../protocol/bytes.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { Opening, Reveal, WalkerOpening, WalkerReveal } from '../../protocol/messages/reveals.js';
import type { ComputeShape, MemoryShape } from '../../protocol/shapes.js';
import type { CardProver } from './prover.js';

/** What makes the engines of a card; null where it has none. A new one is made whenever the last one was let go. */
export interface CardEngines {
  readonly compute: (() => ComputeEngine) | null;
  readonly table: (() => TableEngine) | null;
}

interface Armed {
  readonly key: string;
  readonly shape: ComputeShape;
  readonly engine: ComputeEngine;
  readonly prepared: PreparedCompute;
}

interface Table {
  readonly key: string;
  readonly shape: MemoryShape;
  /** Of the table that stands; null while none is complete. */
  seed: string | null;
  readonly engine: TableEngine;
  readonly prepared: PreparedTable;
}

/**
 * The honest card, its engines in this process. Only one of them holds memory of the card at a time: a table leaves
 * little for anything else. What was proved stays here when both are gone, some bytes a page or walker.
 *
 * Every call rejects with the engine's TouchstoneError, or `engine.failed` where it comes out of order.
 */
export class EngineProver implements CardProver {
  readonly #engines: CardEngines;
  #armed: Armed | undefined;
  #table: Table | undefined;
  #proof: ComputeProof | undefined;
  #walk: MemoryProof | undefined;

  constructor(engines: CardEngines) {
    this.#engines = engines;
  }

  /** The same shape again needs nothing new: kernels and buffers are there. */
  async arm(shape: ComputeShape): Promise<string> {
    const make = present(this.#engines.compute, 'No compute engine runs on this card.');
    await this.dropTable();
    const key = keyOf([shape.n, shape.layers, shape.pages, shape.rounds]);
    if (this.#armed?.key !== key) {
      await this.#disarm();
      this.#armed = { key, shape, ...(await prepare(make(), (engine) => engine.prepare(shape))) };
    }
    return this.#armed.engine.name;
  }

  async commit(seed: Uint8Array, onProgress: (share: number) => void): Promise<Uint8Array[]> {
    const { prepared, shape } = present(
      this.#armed,
      'The engine is not armed: it made room for a table, or was restarted.',
    );
    this.#proof = undefined;
    this.#proof = await proveCompute(prepared, shape, seed, onProgress);
    return this.#proof.roots;
  }

  async reveal(openings: readonly Opening[]): Promise<Reveal[]> {
    return present(this.#proof, lost).reveal(openings);
  }

  /** The same table again is there already, if it still stands; another one of the same shape takes its place. */
  async build(
    shape: MemoryShape,
    tableSeed: Uint8Array,
    onProgress: (share: number) => void,
  ): Promise<string> {
    const make = present(this.#engines.table, 'No engine on this machine holds a table on this card.');
    requireMemoryShape(shape);
    const { n, layers, banks, bankPages, rounds, walkers, steps } = shape;
    const key = keyOf([n, layers, banks, bankPages, rounds, walkers, steps]);
    if (this.#table?.key !== key) {
      await this.dropTable();
      await this.#disarm();
      this.#table = { key, shape, seed: null, ...(await prepare(make(), (engine) => engine.prepare(shape))) };
    }
    const table = this.#table;
    const seed = toHex(tableSeed);
    if (table.seed !== seed) {
      table.seed = null;
      await this.#orDrop(buildTable(table.prepared, shape, tableSeed, onProgress));
      table.seed = seed;
    }
    onProgress(1);
    return table.engine.name;
  }

  async walk(
    walkSeed: Uint8Array,
    onProgress: (share: number) => void,
    rounds?: number,
  ): Promise<Uint8Array[]> {
    const { prepared, shape } = present(
      this.#table,
      'There is no table: it was let go, or the engine restarted.',
    );
    this.#walk = undefined;
    this.#walk = await this.#orDrop(
      proveWalk(prepared, { ...shape, rounds: rounds ?? shape.rounds }, walkSeed, onProgress),
    );
    return this.#walk.roots;
  }

  async revealWalk(openings: readonly WalkerOpening[]): Promise<WalkerReveal[]> {
    return present(this.#walk, lost).reveal(openings);
  }

  async dropTable(): Promise<void> {
    const table = this.#table;
    this.#table = undefined;
    if (table) await letGo(table);
  }

  async close(): Promise<void> {
    await this.dropTable();
    await this.#disarm();
  }

  /** A table on which work broke is not used again: who knows what is left of it, and whether it can be closed. */
  async #orDrop<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      await this.dropTable().catch(() => {});
      throw error;
    }
  }

  async #disarm(): Promise<void> {
    const armed = this.#armed;
    this.#armed = undefined;
    if (armed) await letGo(armed);
  }
}

const lost = 'What was computed is lost: the engine was restarted.';

const keyOf = (parts: readonly (string | number)[]): string => parts.join(' ');

function present<T>(value: T | null | undefined, otherwise: string): T {
  if (value === null || value === undefined) throw new TouchstoneError('engine.failed', otherwise);
  return value;
}

interface Closable {
  close(): Promise<void>;
}

async function prepare<E extends Closable, P extends Closable>(
  engine: E,
  work: (engine: E) => Promise<P>,
): Promise<{ readonly engine: E; readonly prepared: P }> {
  try {
    return { engine, prepared: await work(engine) };
  } catch (error) {
    await engine.close().catch(() => {});
    throw error;
  }
}

async function letGo({ engine, prepared }: { engine: Closable; prepared: Closable }): Promise<void> {
  await prepared.close();
  await engine.close();
}
