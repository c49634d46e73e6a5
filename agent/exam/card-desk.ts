import type { ArmedCard, CardMessage, ExamPart } from '../../protocol/messages/exam.js';
import type { VerifierMessage } from '../../protocol/messages/wire.js';
import type { ExamOutcome } from '../../protocol/status.js';
import type { TableEvent } from '../probes/events.js';
import { Answers } from './answers.js';
import type { ExamEvent } from './events.js';
import { failureWords, inOneLine } from './failure-words.js';
import { getReady, show, work } from './part-steps.js';
import type { ProverQueue } from './prover-queue.js';
import type { TableKeeper } from './table-keeper.js';

export interface CardDeskOptions {
  readonly card: number;
  /** Of the card's prover. */
  readonly queue: ProverQueue;
  readonly tables: TableKeeper;
  readonly send: (message: CardMessage) => void;
  readonly events: (event: ExamEvent | TableEvent) => void;
}

type Question<T extends VerifierMessage['type']> = Extract<VerifierMessage, { type: T }>;

/** What this card was asked in one exam. */
interface Exam {
  readonly id: string;
  readonly parts: Map<ExamPart, Part>;
  /** What it was armed for last, whichever part. */
  latest?: Promise<string>;
  /** True after the verdict: refusals are of no use to anybody. */
  over: boolean;
}

interface Part {
  /** Resolves with the name of the engine that is ready. */
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
 *
 * The table stays at a verdict that the card has passed: probes walk on it until the compute part of the next exam. It goes
 * where it is of no more use: at any other verdict, or when nobody asks for it in time.
 */
export class CardDesk {
  readonly #options: CardDeskOptions;
  readonly #queue: ProverQueue;
  readonly #tables: TableKeeper;
  readonly #answers = new Answers();
  #exam: Exam | undefined;
  #armings = 0;
  /** Numbers of the last question of each kind. */
  readonly #asked = new Map<string, number>();

  constructor(options: CardDeskOptions) {
    this.#options = options;
    this.#queue = options.queue;
    this.#tables = options.tables;
  }

  /** How often the card was armed, for whichever exam and part. */
  get armings(): number {
    return this.#armings;
  }

  /** An exam is on, as far as is known here. */
  get examining(): boolean {
    return this.#exam !== undefined && !this.#exam.over;
  }

  /** Answers `exam.ready`, or `exam.decline` where the prover can't. */
  arm(id: string, attempt: number, asked: ArmedCard): void {
    const { card, send, events } = this.#options;
    const { part } = asked;
    events({ type: 'exam.armed', exam: id, card, part, attempt });
    const exam: Exam = this.#exam?.id === id ? this.#exam : { id, parts: new Map(), over: false };
    this.#exam = exam;
    this.#armings += 1;
    exam.over = false;
    const armed = this.#getReady(exam, asked);
    exam.parts.set(part, { ...exam.parts.get(part), armed });
    exam.latest = armed;
    if (asked.part === 'memory') this.#tables.keep(armed, asked.tableSeed, asked.withinMs);
    this.#answer('arm', part, exam, armed, never, (engine) => {
      send({ type: 'exam.ready', exam: id, card, part, engine });
      events({ type: 'exam.ready', exam: id, card, part, engine });
    });
  }

  /** Answers `exam.commit`. The same seed again: the same commit, computed once. */
  go(id: string, { part, seed, withinMs }: Question<'exam.go'>['cards'][number]): void {
    const { card, send, events } = this.#options;
    const exam = this.#examNamed(id, part);
    if (!exam) return;
    const asked = exam.parts.get(part);
    if (!asked) {
      this.#decline(id, part, `The card was not armed for the ${part} part of this exam.`);
      return;
    }
    this.#tables.extend(asked.armed, withinMs);
    const commit = asked.commit?.seed === seed ? asked.commit : this.#compute(exam, part, asked, seed);
    const { latest } = exam;
    // Of an attempt that is over: the verifier has moved on, and a late refusal would end the present one.
    const over = (): boolean => exam.latest !== latest;
    this.#answer('go', part, exam, commit.roots, over, (roots) => {
      send({ type: 'exam.commit', exam: id, card, part, seed, roots });
      events({ type: 'exam.committed', exam: id, card, part });
    });
  }

  /** Answers `exam.reveal` out of the part's last commit. */
  open(question: Question<'exam.open'>): void {
    const { card, send, events } = this.#options;
    const { exam: id, part } = question;
    const exam = this.#examNamed(id, part);
    if (!exam) return;
    const commit = exam.parts.get(part)?.commit;
    if (!commit) {
      this.#decline(id, part, 'Nothing was committed in this part of the exam.');
      return;
    }
    const found = this.#queue.next(async (prover) => {
      await commit.roots;
      return this.#exam === exam ? await show(prover, question) : undefined;
    });
    this.#answer('open', part, exam, found, never, (reveal) => {
      if (!reveal) return;
      send(reveal);
      events({ type: 'exam.revealed', exam: id, card, part });
    });
  }

  /** The verdict of an exam is there: the card does nothing more in it, and keeps its table where it has passed. */
  over(id: string, outcome: ExamOutcome): void {
    const { card, events } = this.#options;
    const exam = this.#exam;
    if (exam?.id !== id || exam.over) return;
    exam.over = true;
    const memory = exam.parts.get('memory');
    if (memory && outcome === 'passed' && this.#tables.stay(memory.armed)) {
      events({ type: 'table.kept', card });
      return;
    }
    if (memory) this.#tables.drop(memory.armed);
    const rested = this.#queue.next(async (prover) => {
      if (this.#exam === exam && exam.over && this.#tables.seed === null) await prover.rest?.();
    });
    // Whatever failed at it shows at the next question.
    rested.catch(() => {});
  }

  /** Resolves when no answer is on its way. */
  idle(): Promise<void> {
    return this.#answers.idle();
  }

  /** Stops a prover that hangs when half of the question's time is over: in time to arm. */
  #getReady(exam: Exam, asked: ArmedCard): Promise<string> {
    const { card, events } = this.#options;
    const { part, withinMs } = asked;
    return this.#queue.soon(withinMs / 2, async (prover) => {
      if (this.#exam !== exam) return '';
      if (part === 'compute') await this.#tables.letGo(prover);
      const engine = await getReady(prover, asked, (share) =>
        events({ type: 'exam.building', exam: exam.id, card, part, share: withinOne(share) }),
      );
      if (asked.part === 'memory') this.#tables.built(asked.tableSeed);
      return engine;
    });
  }

  #compute(exam: Exam, part: ExamPart, asked: Part, seed: string): Commit {
    const { card, events } = this.#options;
    // Of now: a later attempt's arming waits for this work, not the other way round.
    const { armed } = asked;
    const current = (): Commit | undefined => exam.parts.get(part)?.commit;
    const roots = this.#queue.next(async (prover) => {
      await armed;
      // Replaced while the card was busy: nobody waits for this one.
      if (this.#exam !== exam || current() !== commit) return [];
      events({ type: 'exam.started', exam: exam.id, card, part });
      if (part === 'memory') this.#tables.walked(null);
      return await work(prover, part, seed, (share) =>
        events({ type: 'exam.progress', exam: exam.id, card, part, share: withinOne(share) }),
      );
    });
    const commit: Commit = { seed, roots };
    asked.commit = commit;
    // What failed is not an answer to keep: asked again, it is tried again.
    roots.catch(() => {
      if (current() === commit) delete exam.parts.get(part)?.commit;
    });
    return commit;
  }

  #examNamed(id: string, part: ExamPart): Exam | undefined {
    if (this.#exam?.id === id) return this.#exam;
    const message = 'This exam is not known here: the agent was restarted, or a newer exam replaced it.';
    this.#decline(id, part, message);
    return undefined;
  }

  /**
   * Passes an answer on when it is found, or declines when it can't be, while somebody waits for it.
   *
   * @param over true when a refusal is of no use to anybody any more
   */
  #answer<T>(
    kind: 'arm' | 'go' | 'open',
    part: ExamPart,
    exam: Exam,
    found: Promise<T>,
    over: () => boolean,
    pass: (answer: T) => void,
  ): void {
    const question = `${kind} ${part}`;
    const number = (this.#asked.get(question) ?? 0) + 1;
    this.#asked.set(question, number);
    const awaited = (): boolean => this.#exam === exam && this.#asked.get(question) === number;
    const passed = found.then(
      (answer) => {
        if (awaited()) pass(answer);
      },
      (error: unknown) => {
        if (!awaited() || over() || exam.over) return;
        const { message, code } = failureWords(error);
        this.#decline(exam.id, part, message, code);
      },
    );
    this.#answers.add(passed);
  }

  #decline(exam: string, part: ExamPart, message: string, code: string | null = null): void {
    const { card, send, events } = this.#options;
    const short = inOneLine(message);
    send({ type: 'exam.decline', exam, card, part, message: short });
    events({ type: 'exam.declined', exam, card, part, message: short, code });
  }
}

const withinOne = (share: number): number => Math.min(1, Math.max(0, share));
