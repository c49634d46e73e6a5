import type { Clock } from '../../protocol/clock.js';
import type { Position } from '../journal/cursor.js';

/** How often the end of the journal is noted, milliseconds: so exact is the age. */
const noteEveryMs = 1_000;
/** Notes that are kept. With more, they are made half as often: after a day some minutes more or less say nothing. */
const mostNotes = 512;

export interface LagAgeParts {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** The end of what is acknowledged. */
  readonly end: () => Position;
  /** Whether all before a place is in ClickHouse. */
  readonly has: (place: Position) => boolean;
}

interface Note {
  readonly end: Position;
  readonly at: number;
}

/** For how long the oldest fact that ClickHouse has not taken has been waiting: bytes alone don't say how bad it is. */
export class LagAge {
  readonly #parts: LagAgeParts;
  readonly #timer: NodeJS.Timeout;
  /** Ends of the journal, oldest first, that ClickHouse has not all before. */
  #notes: Note[] = [];
  #apartMs = 0;

  constructor(parts: LagAgeParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.note(), noteEveryMs);
    this.#timer.unref();
  }

  /** Milliseconds; 0 where nothing waits, or nothing that was there at the last note. */
  get ms(): number {
    this.#forgetShipped();
    const oldest = this.#notes[0];
    return oldest === undefined ? 0 : this.#parts.clock.monotonic() - oldest.at;
  }

  /** Notes where the journal ends now. */
  note(): void {
    this.#forgetShipped();
    const { end, has, clock } = this.#parts;
    const place = end();
    const now = clock.monotonic();
    const last = this.#notes.at(-1);
    if (has(place) || (last !== undefined && now - last.at < this.#apartMs)) return;
    this.#notes.push({ end: place, at: now });
    if (this.#notes.length <= mostNotes) return;
    this.#apartMs = 2 * Math.max(this.#apartMs, noteEveryMs);
    this.#notes = this.#notes.filter((_, i) => i % 2 === 0);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #forgetShipped(): void {
    const waiting = this.#notes.findIndex(({ end }) => !this.#parts.has(end));
    this.#notes = waiting === -1 ? [] : this.#notes.slice(waiting);
    if (waiting === -1) this.#apartMs = 0;
  }
}
