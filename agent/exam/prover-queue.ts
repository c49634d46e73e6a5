import type { CardProver } from './prover.js';

/** Asks a prover one thing at a time, in order. */
export class ProverQueue {
  readonly #prover: CardProver;
  /** Settles when the prover is free. Never rejects. */
  #busy: Promise<void> = Promise.resolve();

  constructor(prover: CardProver) {
    this.#prover = prover;
  }

  /** Does `work` after everything that was queued before. */
  next<T>(work: (prover: CardProver) => Promise<T>): Promise<T> {
    return this.#after(this.#busy, work);
  }

  /**
   * The same, but what the prover does now gets no more than `waitMs`: then whatever hangs in it is stopped.
   *
   * @param needed asked at that moment: false where `work` has become needless, and everything may take its time
   */
  soon<T>(
    waitMs: number,
    work: (prover: CardProver) => Promise<T>,
    needed: () => boolean = () => true,
  ): Promise<T> {
    return this.#after(this.#freeAfter(waitMs, needed), work);
  }

  /** Resolves when the prover has nothing to do. */
  async idle(): Promise<void> {
    let seen: Promise<void>;
    do {
      seen = this.#busy;
      await seen;
    } while (seen !== this.#busy);
  }

  #after<T>(free: Promise<void>, work: (prover: CardProver) => Promise<T>): Promise<T> {
    const result = free.then(() => work(this.#prover));
    this.#busy = result.then(
      () => {},
      () => {},
    );
    return result;
  }

  async #freeAfter(waitMs: number, needed: () => boolean): Promise<void> {
    const busy = this.#busy;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, waitMs, 'late');
      timer.unref();
    });
    const first = await Promise.race([busy, late]);
    clearTimeout(timer);
    if (first !== 'late') return;
    if (needed()) await this.#prover.close();
    else await busy;
  }
}
