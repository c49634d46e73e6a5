/** So many at once; others wait for their turn, in order and not for ever. */
export class Turns {
  #free: number;
  readonly #waiting = new Set<(turn: boolean) => void>();

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** @returns true when it is one's turn: give it back with `done`; false when it did not come within the time */
  async take(withinMs: number): Promise<boolean> {
    if (this.#free > 0) {
      this.#free -= 1;
      return true;
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => answer(false), withinMs);
      const answer = (turn: boolean) => {
        clearTimeout(timer);
        this.#waiting.delete(answer);
        resolve(turn);
      };
      this.#waiting.add(answer);
    });
  }

  done(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#free += 1;
    else next(true);
  }
}
