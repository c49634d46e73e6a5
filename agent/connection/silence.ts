/** Watches whether anything comes over a line. */
export class Silence {
  readonly #ask: () => void;
  readonly #tell: (silent: boolean) => void;
  readonly #askTimer: NodeJS.Timeout;
  readonly #timer: NodeJS.Timeout;
  #silent = false;

  /**
   * @param ms the line counts as silent after so long
   * @param ask called at half of it: a peer that is there answers in time
   * @param tell called with true when the line has become silent, with false when something comes again
   */
  constructor(ms: number, ask: () => void, tell: (silent: boolean) => void) {
    this.#ask = ask;
    this.#tell = tell;
    this.#askTimer = setTimeout(() => this.#ask(), ms / 2);
    this.#timer = setTimeout(() => this.#turn(true), ms);
  }

  /** Something came. */
  hear(): void {
    this.#askTimer.refresh();
    this.#timer.refresh();
    if (this.#silent) this.#turn(false);
  }

  /** The line is gone. Nothing is told any more. */
  end(): void {
    clearTimeout(this.#askTimer);
    clearTimeout(this.#timer);
  }

  #turn(silent: boolean): void {
    this.#silent = silent;
    this.#tell(silent);
  }
}
