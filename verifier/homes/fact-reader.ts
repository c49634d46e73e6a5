import type { Logger } from 'pino';
import type { Fact } from '../../scoring/facts/facts.js';
import type { HotState } from '../state/state.js';
import { factStream, shippedKey } from './fact-writer.js';
import type { FactEntry, Unshipped } from './unshipped.js';

const readAtOnce = 200;

/** Whoever keeps a view in memory that facts move on. */
export interface FactFollower {
  readonly name: string;
  /**
   * Facts that another verifier recorded, in its order. May tell of one again: the second time changes nothing. Must not fail:
   * it is not told again.
   */
  apply(facts: readonly Fact[]): void | Promise<void>;
  /** Facts may have been missed: read the record again. What is known and newer stays. */
  reload(): Promise<void>;
}

export interface FactReaderOptions {
  readonly self: string;
  readonly state: HotState;
  readonly unshipped: Unshipped;
  readonly followers: () => readonly FactFollower[];
  readonly log: Pick<Logger, 'error' | 'warn'>;
}

/** Follows what the other verifiers record. */
export class FactReader {
  readonly #options: FactReaderOptions;
  /** Last entry of each writer that was taken. */
  readonly #seqs = new Map<string, number>();
  /** What was in the record before anybody read it. */
  #before: ReadonlyMap<string, number> = new Map();
  #after: string | null = null;
  #started = false;
  #stale = false;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  constructor(options: FactReaderOptions) {
    this.#options = options;
  }

  /** Before the record is read: what is in it by now need not be told. @throws TouchstoneError `service.busy` */
  async open(): Promise<void> {
    this.#before = await this.marks();
  }

  /** How far ClickHouse has each writer's entries. @throws TouchstoneError `service.busy` */
  async marks(): Promise<ReadonlyMap<string, number>> {
    const fields = await this.#options.state.fields(shippedKey);
    return new Map([...fields].map(([writer, seq]) => [writer, Number(seq)]));
  }

  /** The hot state was lost, and entries with it. */
  lost(): void {
    this.#after = null;
    this.#stale = true;
  }

  /**
   * Resolves when all followers know all facts that others had told before the call.
   * @throws TouchstoneError `service.busy`, or the record's errors where it was to be read again
   */
  catchUp(): Promise<void> {
    if (this.#next !== null) return this.#next;
    const next = this.#running
      .catch(() => {})
      .then(() => {
        this.#next = null;
        return this.#pull();
      });
    this.#next = next;
    this.#running = next;
    return next;
  }

  /** All entries of one writer that the stream keeps and that are not in ClickHouse, oldest first. @throws `service.busy` */
  async leftBy(writer: string): Promise<FactEntry[]> {
    const shipped = (await this.marks()).get(writer) ?? 0;
    const left = new Map<number, FactEntry>();
    let after: string | null = null;
    for (;;) {
      const read = await this.#options.state.read(factStream, after, readAtOnce);
      if (read === null) after = null;
      else if (read.length === 0) return [...left.values()];
      for (const { id, value } of read ?? []) {
        after = id;
        for (const entry of entriesOf(value))
          if (entry.writer === writer && entry.seq > shipped) left.set(entry.seq, entry);
      }
    }
  }

  async #pull(): Promise<void> {
    const { state } = this.#options;
    for (;;) {
      const read = await state.read(factStream, this.#after, readAtOnce);
      if (read === null) this.lost();
      else if (read.length === 0) break;
      for (const { id, value } of read ?? []) {
        for (const entry of entriesOf(value)) await this.#take(entry);
        this.#after = id;
      }
    }
    this.#started = true;
    if (this.#stale) await this.#reload();
  }

  async #take(entry: FactEntry): Promise<void> {
    const { self, unshipped } = this.#options;
    const { writer, seq, facts } = entry;
    if (writer === self) return;
    const last = this.#seqs.get(writer) ?? 0;
    if (seq <= last) return;
    // One that we hear of for the first time at our own start may have told a lot before.
    if (seq > last + 1 && (last > 0 || this.#started)) this.#stale = true;
    this.#seqs.set(writer, seq);
    if (seq <= (this.#before.get(writer) ?? 0)) return;
    unshipped.add(entry);
    await this.#tell(facts);
  }

  async #reload(): Promise<void> {
    const { followers, log, unshipped } = this.#options;
    log.warn('facts of others may have been missed: the record is read again');
    for (const follower of followers()) await follower.reload();
    this.#stale = false;
    await this.#tell(unshipped.all());
  }

  async #tell(facts: readonly Fact[]): Promise<void> {
    for (const follower of this.#options.followers()) {
      try {
        await follower.apply(facts);
      } catch (error) {
        this.#options.log.error(
          { err: error, follower: follower.name },
          'facts of others could not be applied',
        );
      }
    }
  }
}

const entriesOf = (value: string): FactEntry[] => JSON.parse(value) as FactEntry[];
