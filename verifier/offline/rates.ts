/** What was read from the record is read anew after so long: a device may have other hardware by then. */
const freshMs = 3600_000;

/** How fast devices square at their best, squarings a second: what the record has, and what it may not have yet. */
export class Rates {
  readonly #read: (device: string) => Promise<number | null>;
  readonly #now: () => number;
  readonly #best = new Map<string, { readonly at: number; readonly rate: number | null }>();

  /**
   * @param read the best of the record
   * @param now milliseconds, monotonic
   */
  constructor(read: (device: string) => Promise<number | null>, now: () => number) {
    this.#read = read;
    this.#now = now;
  }

  /** Null where it never showed one. @throws what reading the record throws */
  async of(device: string): Promise<number | null> {
    const known = this.#best.get(device);
    if (known !== undefined && this.#now() - known.at < freshMs) return known.rate;
    const rate = await this.#read(device);
    // What was learned while the record was read may not be in it.
    const since = this.#best.get(device);
    const best = since !== known && since !== undefined ? larger(since.rate, rate) : rate;
    this.#best.set(device, { at: this.#now(), rate: best });
    return best;
  }

  /** The device is at home elsewhere. */
  forget(device: string): void {
    this.#best.delete(device);
  }

  /** A rate that was shown just now. */
  learned(device: string, rate: number): void {
    const known = this.#best.get(device);
    if (known !== undefined) this.#best.set(device, { ...known, rate: larger(known.rate, rate) });
  }
}

const larger = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b);
