import { TouchstoneError } from '../../protocol/error.js';

/** Who follows at once: in all, without a key, and of one key or, without a key, of one address. */
export interface SeatLimits {
  readonly all: number;
  /** Less than all: many addresses must not keep those out that have a key. */
  readonly strangers: number;
  readonly each: number;
}

/** Counts followers, so that none of them can take the room of the others. */
export class Seats {
  readonly #limits: SeatLimits;
  readonly #taken = new Map<string, number>();
  #all = 0;
  #strangers = 0;

  constructor(limits: SeatLimits) {
    this.#limits = limits;
  }

  get taken(): number {
    return this.#all;
  }

  /**
   * @param whose such as `marketplace/example`, or the address of who has no key
   * @returns what gives the seat back
   * @throws TouchstoneError `feed.full`
   */
  take(whose: string, stranger = false): () => void {
    const { all, strangers, each } = this.#limits;
    const own = this.#taken.get(whose) ?? 0;
    if (this.#all >= all || own >= each || (stranger && this.#strangers >= strangers))
      throw new TouchstoneError('feed.full');
    this.#count(whose, stranger, 1);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#count(whose, stranger, -1);
    };
  }

  #count(whose: string, stranger: boolean, by: 1 | -1): void {
    this.#all += by;
    if (stranger) this.#strangers += by;
    const left = (this.#taken.get(whose) ?? 0) + by;
    if (left === 0) this.#taken.delete(whose);
    else this.#taken.set(whose, left);
  }
}
