import type { CardProver } from './prover.js';

/** Who goes first of those that wait: an exam's questions, a probe, then everything else. */
export type Turn = 'exam' | 'probe' | 'later';

const places: Readonly<Record<Turn, number>> = { exam: 0, probe: 1, later: 2 };

type Work<T> = (prover: CardProver) => Promise<T>;

interface Job {
  readonly turn: Turn;
  /** Settles when the work has; never rejects. */
  run(): Promise<void>;
  /** Runs out where the work may not wait any longer. */
  timer?: NodeJS.Timeout;
}

/** Asks a prover one thing at a time, in order. */
export class ProverQueue {
  readonly #prover: CardProver;
  /** In the order in which they will run. */
  readonly #waiting: Job[] = [];
  #running: Job | undefined;
  #whenIdle: (() => void)[] = [];

  constructor(prover: CardProver) {
    this.#prover = prover;
  }

  /** Does `work` after everything that was queued before for the same turn or an earlier one. */
  next<T>(work: Work<T>, turn: Turn = 'exam'): Promise<T> {
    return this.#enter(work, turn).result;
  }

  /**
   * The same, but what the prover does now gets no more than `waitMs`: then whatever hangs in it is stopped.
   *
   * @param needed asked at that moment: false where `work` has become needless, and everything may take its time
   */
  soon<T>(
    waitMs: number,
    work: Work<T>,
    needed: () => boolean = () => true,
    turn: Turn = 'exam',
  ): Promise<T> {
    const { job, result } = this.#enter(work, turn);
    job.timer = setTimeout(() => {
      if (this.#waiting.includes(job) && needed()) void this.#hurry(job);
    }, waitMs);
    job.timer.unref();
    return result;
  }

  /** Resolves when the prover has nothing to do. */
  async idle(): Promise<void> {
    while (this.#running || this.#waiting.length > 0)
      await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  #enter<T>(work: Work<T>, turn: Turn): { readonly job: Job; readonly result: Promise<T> } {
    let settle: (outcome: Promise<T>) => void = () => {};
    const result = new Promise<T>((resolve) => {
      settle = resolve;
    });
    const job: Job = {
      turn,
      run: async () => {
        const outcome = (async () => await work(this.#prover))();
        settle(outcome);
        await outcome.catch(() => {});
      },
    };
    const before = this.#waiting.findIndex((other) => places[other.turn] > places[turn]);
    this.#waiting.splice(before < 0 ? this.#waiting.length : before, 0, job);
    // Not at once: whoever queues it has to finish its sentence first.
    void Promise.resolve().then(() => this.#go());
    return { job, result };
  }

  #go(): void {
    if (this.#running) return;
    const job = this.#waiting.shift();
    if (!job) {
      for (const resolve of this.#whenIdle.splice(0)) resolve();
      return;
    }
    clearTimeout(job.timer);
    this.#running = job;
    void job.run().then(() => {
      if (this.#running !== job) return;
      this.#running = undefined;
      this.#go();
    });
  }

  /** Stops the prover, and waits no longer for what does not end by that. */
  async #hurry(job: Job): Promise<void> {
    this.#waiting.splice(this.#waiting.indexOf(job), 1);
    this.#waiting.unshift(job);
    await this.#prover.close().catch(() => {});
    if (!this.#waiting.includes(job)) return;
    this.#running = undefined;
    this.#go();
  }
}
