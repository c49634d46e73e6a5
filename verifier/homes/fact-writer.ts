import type { Logger } from 'pino';
import type { Fact } from '../../scoring/facts/facts.js';
import type { HotState } from '../state/state.js';
import type { FactEntry, Unshipped } from './unshipped.js';

/** The stream that every verifier follows. */
export const factStream = 'facts';
/** `writer` → up to which of its entries all is in ClickHouse. */
export const shippedKey = 'facts-shipped';
const shippedKeptMs = 7 * 24 * 3600_000;
/** Entries that Redis keeps: minutes of a large fleet. Who was away for longer reads the record. */
const keptEntries = 10_000;
/** What waits is told together. */
const toldAtOnce = 100;
/** Entries that wait while the hot state is away; beyond it the oldest are not told, and whoever misses them reads the record. */
const mostWaiting = 20_000;
const retryMs = 1_000;

export interface FactWriterOptions<Place> {
  readonly self: string;
  readonly state: HotState;
  readonly unshipped: Unshipped;
  readonly log: Pick<Logger, 'warn'>;
  /** Where the journal ends now. */
  readonly end: () => Place;
  /** Whether all before a place of the journal is in ClickHouse. */
  readonly has: (place: Place) => boolean;
}

interface Waiting {
  readonly entry: FactEntry;
  readonly told: () => void;
}

/** Tells the other verifiers of each fact that is in our journal, in its order. */
export class FactWriter<Place> {
  readonly #options: FactWriterOptions<Place>;
  readonly #places: { readonly seq: number; readonly place: Place }[] = [];
  #waiting: Waiting[] = [];
  #sending = false;
  #retry: NodeJS.Timeout | undefined;
  #seq = 0;
  #shipped = 0;
  #said = 0;
  #closed = false;

  constructor(options: FactWriterOptions<Place>) {
    this.#options = options;
  }

  /**
   * Of facts that are durable. Resolves when the others can know them, so that whoever takes a device over has read all that
   * was acknowledged; where the hot state is away, at once: they are told later.
   */
  announce(facts: readonly Fact[]): Promise<void> {
    // Presence is of no use to the others, and there is a lot of it.
    const told = facts.filter(({ kind }) => kind !== 'presence' && kind !== 'heartbeat');
    return told.length === 0 ? Promise.resolve() : this.#tell(told);
  }

  /** Facts of an earlier life came into the record only now, and perhaps were told to nobody: the others read it again. */
  untold(): Promise<void> {
    // A missing entry says so.
    this.#seq += 1;
    return this.#tell([]);
  }

  #tell(told: readonly Fact[]): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#seq += 1;
    const entry = { writer: this.#options.self, seq: this.#seq, facts: told };
    this.#options.unshipped.add(entry);
    this.#places.push({ seq: entry.seq, place: this.#options.end() });
    return new Promise((resolve) => {
      this.#waiting.push({ entry, told: resolve });
      if (this.#waiting.length > mostWaiting) this.#waiting.shift()?.told();
      void this.#send();
    });
  }

  /** The hot state was lost: what is not in the record yet is told again. */
  tellAgain(): void {
    const { unshipped, self } = this.#options;
    const waiting = new Set(this.#waiting.map(({ entry }) => entry.seq));
    const again = unshipped.of(self).filter(({ seq }) => !waiting.has(seq));
    this.#waiting = [...again.map((entry) => ({ entry, told: () => {} })), ...this.#waiting];
    this.#said = 0;
    void this.#send();
  }

  /** Says how far ClickHouse has our facts. @throws TouchstoneError `service.busy` */
  async say(): Promise<void> {
    const { self, state, unshipped, has } = this.#options;
    while (this.#places[0] !== undefined && has(this.#places[0].place)) {
      this.#shipped = this.#places[0].seq;
      this.#places.shift();
    }
    unshipped.shipped(self, this.#shipped);
    if (this.#shipped === this.#said) return;
    const shipped = this.#shipped;
    await state.putField(shippedKey, self, String(shipped), shippedKeptMs);
    this.#said = shipped;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    for (const { told } of this.#waiting.splice(0)) told();
  }

  async #send(): Promise<void> {
    if (this.#sending || this.#retry !== undefined) return;
    this.#sending = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, toldAtOnce);
      try {
        const entries = batch.map(({ entry }) => entry);
        await this.#options.state.append(factStream, JSON.stringify(entries), keptEntries);
      } catch (error) {
        this.#putOff(error);
        break;
      }
      const sent = new Set(batch);
      this.#waiting = this.#waiting.filter((waiting) => !sent.has(waiting));
      for (const { told } of batch) told();
      // Lost calls do no harm: everybody looks now and then.
      this.#options.state.publish(factStream, this.#options.self).catch(() => {});
    }
    this.#sending = false;
  }

  #putOff(error: unknown): void {
    if (this.#closed) return;
    this.#options.log.warn(
      { err: error, waiting: this.#waiting.length },
      'facts could not be told to others',
    );
    for (const { told } of this.#waiting) told();
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      void this.#send();
    }, retryMs);
  }
}
