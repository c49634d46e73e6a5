import { unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type BatchBounds, batchToken } from '../../scoring/facts/batch.js';
import type { Fact } from '../../scoring/facts/facts.js';
import { type Cursor, type Position, readCursor, writeCursor } from './cursor.js';
import { appendLines, segmentPath, storageError } from './files.js';
import type { Journal } from './journal.js';

/** Puts facts into the record. The same token again, any number of times, changes nothing. */
export type InsertFacts = (facts: readonly Fact[], token: string) => Promise<void>;

export interface ShipperOptions {
  readonly journal: Journal;
  readonly insert: InsertFacts;
  /** Whether an error of `insert` says that these very facts can't be taken, now or ever. */
  readonly isRefusal: (error: unknown) => boolean;
  readonly onRefused?: (fact: Fact, error: unknown) => void;
  readonly batchBytes?: number;
  /** Longest pause between two tries while ClickHouse is away, in milliseconds. */
  readonly maxPauseMs?: number;
  readonly onError?: (error: unknown) => void;
}

/**
 * Carries the journal into ClickHouse, each record exactly once. Before a batch is sent its bounds are written
 * down; after a crash the very same batch goes out again under the same token, which ClickHouse drops if it has it.
 */
export class Shipper {
  readonly #options: ShipperOptions;
  readonly #stopping = new AbortController();
  #cursor: Cursor;
  #running: Promise<void> | null = null;
  #wake: () => void = () => {};
  #healthy = true;

  private constructor(options: ShipperOptions, cursor: Cursor) {
    this.#options = options;
    this.#cursor = cursor;
  }

  /** @throws TouchstoneError `journal.corrupt`, or `service.storage-unavailable` when the cursor can't be written */
  static async open(options: ShipperOptions): Promise<Shipper> {
    const { directory } = options.journal;
    const cursor = await readCursor(directory);
    try {
      await writeCursor(directory, cursor);
    } catch (error) {
      throw storageError(error, directory);
    }
    return new Shipper(options, cursor);
  }

  /** False while the last try to reach ClickHouse failed. */
  get healthy(): boolean {
    return this.#healthy;
  }

  /** Bytes that were acknowledged and are not in ClickHouse yet. */
  get lagBytes(): number {
    return this.#options.journal.bytes - this.#cursor.shipped.offset;
  }

  /** Whether all that stands before a place of the journal is in ClickHouse. */
  has({ segment, offset }: Position): boolean {
    const { shipped } = this.#cursor;
    if (this.lagBytes === 0 || shipped.segment > segment) return true;
    return shipped.segment === segment && shipped.offset >= offset;
  }

  /** Ships all there is. @throws what the insert throws */
  async drain(): Promise<void> {
    while (await this.#shipOne());
  }

  /** Ships from now on, until `stop`. */
  start(): void {
    this.#options.journal.onDurable = () => this.#wake();
    this.#running ??= this.#run();
  }

  /** Stops after the batch that is on its way. What is left waits in the journal. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    let pause = 100;
    while (!this.#stopping.signal.aborted) {
      try {
        await this.drain();
        this.#healthy = true;
        pause = 100;
        await this.#sleep(1000);
      } catch (error) {
        this.#healthy = false;
        this.#options.onError?.(error);
        await this.#sleep(pause);
        pause = Math.min(pause * 2, this.#options.maxPauseMs ?? 10_000);
      }
    }
  }

  /** @returns false when there was nothing to ship */
  async #shipOne(): Promise<boolean> {
    const { journal } = this.#options;
    const batch =
      this.#cursor.inFlight ??
      (await journal.nextBatch(this.#cursor.shipped, this.#options.batchBytes ?? 1024 * 1024));
    if (batch === null) return false;
    if (this.#cursor.inFlight === null) await this.#save({ ...this.#cursor, inFlight: batch });
    const { from, to } = batch;
    const { journal: name } = this.#cursor;
    const bounds = { journal: name, segment: from.segment, from: from.offset, to: to.offset };
    await this.#insert(await journal.read(from, to), bounds);
    await this.#save({ ...this.#cursor, shipped: to, inFlight: null });
    await this.#removeShipped(to);
    return true;
  }

  /**
   * Inserts a batch. Where the record is there but does not take it, fact by fact: one that it can't take must not
   * hold up all that come after it. Those are set aside in a file of their own, for a person.
   */
  async #insert(facts: readonly Fact[], bounds: BatchBounds): Promise<void> {
    const { insert, isRefusal, journal, onRefused } = this.#options;
    try {
      return await insert(facts, batchToken(bounds));
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
    const refused: Fact[] = [];
    for (const [i, fact] of facts.entries()) {
      try {
        await insert([fact], batchToken(bounds, i));
      } catch (error) {
        if (!isRefusal(error)) throw error;
        refused.push(fact);
        onRefused?.(fact, error);
      }
    }
    await setAside(journal.directory, refused);
  }

  async #save(cursor: Cursor): Promise<void> {
    await writeCursor(this.#options.journal.directory, cursor);
    this.#cursor = cursor;
  }

  async #removeShipped(position: Position): Promise<void> {
    const { journal } = this.#options;
    for (const segment of journal.forgetBefore(position))
      await unlink(segmentPath(journal.directory, segment));
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#stopping.signal.aborted) this.#wake();
    });
  }
}

/** Facts that the record refused, one in a line; a crash may leave one there twice. */
function setAside(directory: string, facts: readonly Fact[]): Promise<void> {
  return appendLines(
    join(directory, 'refused.jsonl'),
    facts.map((fact) => JSON.stringify(fact)),
  );
}
