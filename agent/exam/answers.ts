/** Answers that are on their way, so that an orderly end can wait for them. */
export class Answers {
  readonly #open = new Set<Promise<unknown>>();

  /** @param answer never rejects */
  add(answer: Promise<void>): void {
    this.#open.add(answer);
    void answer.then(() => this.#open.delete(answer));
  }

  /** Resolves when none is on its way. */
  async idle(): Promise<void> {
    while (this.#open.size > 0) await Promise.all(this.#open);
  }
}
