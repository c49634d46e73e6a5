/** Does something again and again, with a pause after each time. What fails is told, and done again. */
export class Due {
  readonly #pauseMs: number;
  readonly #work: () => Promise<void>;
  readonly #failed: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(pauseMs: number, work: () => Promise<void>, failed: (error: unknown) => void) {
    this.#pauseMs = pauseMs;
    this.#work = work;
    this.#failed = failed;
  }

  start(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#work()
        .catch(this.#failed)
        .then(() => this.start());
    }, this.#pauseMs);
  }

  /** Resolves when nothing runs any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }
}
