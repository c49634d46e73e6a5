import type { StreamEntry } from './state.js';

/** A list that is read from any place of its last entries. */
export class MemoryStream {
  readonly #values: string[] = [];
  /** Entries that were dropped: the number of the first that is kept. */
  #dropped = 0;

  append(value: string, keep: number): string {
    this.#values.push(value);
    // Dropped many at a time: moving the whole list with each entry would cost its length.
    if (this.#values.length >= 2 * Math.max(1, keep)) this.#drop(this.#values.length - keep);
    return idOf(this.#dropped + this.#values.length - 1);
  }

  read(after: string | null, count: number): StreamEntry[] | null {
    const at = after === null ? -1 : Number(after) - this.#dropped;
    if (after !== null && !(at >= 0 && at < this.#values.length)) return null;
    return this.#values
      .slice(at + 1, at + 1 + count)
      .map((value, index) => ({ id: idOf(this.#dropped + at + 1 + index), value }));
  }

  get tail(): string | null {
    return this.#values.length === 0 ? null : idOf(this.#dropped + this.#values.length - 1);
  }

  #drop(count: number): void {
    this.#values.splice(0, count);
    this.#dropped += count;
  }
}

const idOf = (number: number): string => String(number);
