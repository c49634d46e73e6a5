import { TouchstoneError } from '../../protocol/error.js';

/** Who follows at once: in all, and of one key or, without a key, of one address. */
export interface SeatLimits {
  readonly all: number;
  readonly each: number;
}

/** Counts followers, so that none of them can take the room of the others. */
export class Seats {
  readonly #limits: SeatLimits;
  readonly #taken = new Map<string, number>();
  #all = 0;

  constructor(limits: SeatLimits) {
    this.#limits = limits;
  }

  get taken(): number {
    return this.#all;
  }

  /**
   * @param whose such as `marketplace/example` or `address/192.0.2.1`
   * @returns what gives the seat back
   * @throws TouchstoneError `feed.full`
   */
  take(whose: string): () => void {
    const own = this.#taken.get(whose) ?? 0;
    if (this.#all >= this.#limits.all || own >= this.#limits.each) throw new TouchstoneError('feed.full');
    this.#all += 1;
    this.#taken.set(whose, own + 1);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#all -= 1;
      const left = (this.#taken.get(whose) ?? 1) - 1;
      if (left === 0) this.#taken.delete(whose);
      else this.#taken.set(whose, left);
    };
  }
}
