/** How a transfer ended. */
export type TransferEnd = 'complete' | 'wrong' | 'late' | 'gone';

/** What came of a transfer, on the verifier's clock. */
export interface TransferResult {
  /** Bytes that were proven to have come. */
  readonly bytes: number;
  /**
   * To the proof of the last byte where all came, else the whole time that it had: who stops in the middle has not the rate of the
   * beginning. Milliseconds.
   */
  readonly elapsedMs: number;
  /** Other bytes came than were asked, or a proof of bytes that were not there. */
  readonly wrong: boolean;
}

/** The one end of a transfer: the first that happens counts. */
export class Ending {
  /** Resolves with the end. Never rejects. */
  readonly reached: Promise<TransferEnd>;
  #end: TransferEnd | null = null;
  #resolve: (end: TransferEnd) => void = () => {};
  readonly #timer: NodeJS.Timeout;

  /** @param withinMs after which it ends as `late` */
  constructor(withinMs: number) {
    this.reached = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    this.#timer = setTimeout(() => this.reach('late'), withinMs);
  }

  /** Null while it goes on. */
  get end(): TransferEnd | null {
    return this.#end;
  }

  reach(end: TransferEnd): void {
    if (this.#end !== null) return;
    this.#end = end;
    clearTimeout(this.#timer);
    this.#resolve(end);
  }
}
