import { fromHex, toHex } from '../../protocol/bytes.js';
import type { AgentMessage, Opening } from '../../protocol/messages/exam.js';
import type { ComputeShape } from '../../protocol/shapes.js';
import type { ExamEvent } from './events.js';
import type { CardProver } from './prover.js';

export interface CardDeskOptions {
  readonly card: number;
  readonly prover: CardProver | null;
  readonly send: (message: AgentMessage) => void;
  readonly events: (event: ExamEvent) => void;
}

/** What this card was asked in one exam. */
interface Exam {
  readonly id: string;
  armed: Promise<string>;
  commit?: Commit;
}

interface Commit {
  readonly seed: string;
  readonly roots: Promise<string[]>;
}

const never = (): boolean => false;

/**
 * Where questions about one card arrive. Keeps one exam, the newest; what was asked in an older one is no longer
 * answered. The prover is asked one thing at a time, in order. Of each kind of question the last one is answered. A
 * commit is sent even where the exam was armed again meanwhile: late is something else than silent.
 */
export class CardDesk {
  readonly #options: CardDeskOptions;
  #exam: Exam | undefined;
  /** Numbers of the last question of each kind. */
  readonly #asked = { arm: 0, go: 0, open: 0 };
  /** Settles when the prover is free. Never rejects. */
  #busy: Promise<void> = Promise.resolve();

  constructor(options: CardDeskOptions) {
    this.#options = options;
  }

  /** Answers `exam.ready`, or `exam.decline` where the prover can't. */
  arm(id: string, attempt: number, shape: ComputeShape, withinMs: number): void {
    const { card, prover, send, events } = this.#options;
    if (!prover) {
      this.#decline(id, 'No engine on this machine runs on this card.');
      return;
    }
    events({ type: 'exam.armed', exam: id, card, attempt });
    const exam: Exam = this.#exam?.id === id ? this.#exam : { id, armed: Promise.resolve('') };
    this.#exam = exam;
    exam.armed = this.#next(
      async () => (this.#exam === exam ? await prover.arm(shape) : ''),
      () => this.#freeAfter(withinMs, prover),
    );
    this.#answer('arm', exam, exam.armed, never, (engine) => {
      send({ type: 'exam.ready', exam: id, card, engine });
      events({ type: 'exam.ready', exam: id, card, engine });
    });
  }

  /** Answers `exam.commit`. The same seed again: the same commit, computed once. */
  go(id: string, seed: string): void {
    const { card, prover, send, events } = this.#options;
    const exam = this.#examNamed(id);
    if (!exam || !prover) return;
    const commit = exam.commit?.seed === seed ? exam.commit : this.#compute(exam, seed, prover);
    const { armed } = exam;
    // Of an attempt that is over: the verifier has moved on, and a late refusal would end the present one.
    const over = (): boolean => exam.armed !== armed;
    this.#answer('go', exam, commit.roots, over, (roots) => {
      send({ type: 'exam.commit', exam: id, card, seed, roots });
      events({ type: 'exam.committed', exam: id, card });
    });
  }

  /** Answers `exam.reveal` out of the last commit. */
  open(id: string, openings: readonly Opening[]): void {
    const { card, prover, send, events } = this.#options;
    const exam = this.#examNamed(id);
    if (!exam || !prover) return;
    const commit = exam.commit;
    if (!commit) {
      this.#decline(id, 'Nothing was committed in this exam.');
      return;
    }
    const found = this.#next(async () => {
      await commit.roots;
      return this.#exam === exam ? await prover.reveal(openings) : [];
    });
    this.#answer('open', exam, found, never, (reveals) => {
      send({ type: 'exam.reveal', exam: id, card, reveals });
      events({ type: 'exam.revealed', exam: id, card });
    });
  }

  /** Resolves when the prover has nothing to do. */
  async idle(): Promise<void> {
    let seen: Promise<void>;
    do {
      seen = this.#busy;
      await seen;
    } while (seen !== this.#busy);
  }

  #compute(exam: Exam, seed: string, prover: CardProver): Commit {
    const { card, events } = this.#options;
    // Of now: a later attempt's arming waits for this work, not the other way round.
    const { armed } = exam;
    const roots = this.#next(async () => {
      await armed;
      // Replaced while the card was busy: nobody waits for this one.
      if (this.#exam !== exam || exam.commit !== commit) return [];
      events({ type: 'exam.started', exam: exam.id, card });
      const progress = (share: number): void =>
        events({ type: 'exam.progress', exam: exam.id, card, share: Math.min(1, Math.max(0, share)) });
      return (await prover.commit(fromHex(seed), progress)).map(toHex);
    });
    const commit: Commit = { seed, roots };
    exam.commit = commit;
    // What failed is not an answer to keep: asked again, it is tried again.
    roots.catch(() => {
      if (exam.commit === commit) delete exam.commit;
    });
    return commit;
  }

  #examNamed(id: string): Exam | undefined {
    if (this.#exam?.id === id) return this.#exam;
    this.#decline(id, 'This exam is not known here: the agent was restarted, or a newer exam replaced it.');
    return undefined;
  }

  /** Queues work for the prover. `before` replaces the wait for what it is doing now. */
  #next<T>(work: () => Promise<T>, before: () => Promise<void> = () => this.#busy): Promise<T> {
    const result = before().then(work);
    this.#busy = result.then(
      () => {},
      () => {},
    );
    return result;
  }

  /** Waits for the prover, but not longer than half of `withinMs`: then whatever hangs in it is stopped, in time to arm. */
  async #freeAfter(withinMs: number, prover: CardProver): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, withinMs / 2, 'late');
      timer.unref();
    });
    const first = await Promise.race([this.#busy, late]);
    clearTimeout(timer);
    if (first === 'late') await prover.close();
  }

  /**
   * Passes an answer on when it is found, or declines when it can't be, while somebody waits for it.
   *
   * @param over true when a refusal is of no use to anybody any more
   */
  #answer<T>(
    kind: 'arm' | 'go' | 'open',
    exam: Exam,
    found: Promise<T>,
    over: () => boolean,
    pass: (answer: T) => void,
  ): void {
    const number = ++this.#asked[kind];
    const awaited = (): boolean => this.#exam === exam && this.#asked[kind] === number;
    found.then(
      (answer) => {
        if (awaited()) pass(answer);
      },
      (error: unknown) => {
        if (awaited() && !over())
          this.#decline(exam.id, error instanceof Error ? error.message : String(error));
      },
    );
  }

  #decline(exam: string, message: string): void {
    const { card, send, events } = this.#options;
    const short = message.slice(0, 1024);
    send({ type: 'exam.decline', exam, card, message: short });
    events({ type: 'exam.declined', exam, card, message: short });
  }
}
