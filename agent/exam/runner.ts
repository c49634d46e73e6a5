import type { AgentMessage, VerifierMessage } from '../../protocol/messages/exam.js';
import { CardDesk } from './card-desk.js';
import type { ExamEvent } from './events.js';
import type { CardProver } from './prover.js';

type Message<T extends VerifierMessage['type']> = Extract<VerifierMessage, { type: T }>;

export interface ExamRunnerOptions {
  /** One for each claimed card, in the order of the claims; null where no engine runs on it: its exams are declined. */
  readonly provers: readonly (CardProver | null)[];
  /** Sends to the verifier, or drops the message where no connection is: whoever misses it asks again. */
  readonly send: (message: AgentMessage) => void;
  readonly events: (event: ExamEvent) => void;
}

/**
 * The agent's side of the exams (docs/protocol.md section 2): answers every message about an exam, all cards at once, and
 * outlives connections. An exam goes on while the line is down, and what it committed to can be opened afterwards.
 */
export class ExamRunner {
  readonly #options: ExamRunnerOptions;
  readonly #desks: readonly CardDesk[];

  constructor(options: ExamRunnerOptions) {
    this.#options = options;
    this.#desks = options.provers.map(
      (prover, card) => new CardDesk({ card, prover, send: options.send, events: options.events }),
    );
  }

  /** Takes one message. Returns at once and never throws; answers follow as they are found. */
  handle(message: VerifierMessage): void {
    if (message.type === 'exam.arm') this.#arm(message);
    else if (message.type === 'exam.go') this.#go(message);
    else if (message.type === 'exam.open') this.#open(message);
    else if (message.type === 'exam.verdict') this.#options.events(message);
    // `status` and `error` say something about the connection or the device, not about an exam's steps.
  }

  /** Resolves when no card works any more. For tests and for an orderly end. */
  async idle(): Promise<void> {
    await Promise.all(this.#desks.map((desk) => desk.idle()));
  }

  #arm({ exam, attempt, withinMs, cards }: Message<'exam.arm'>): void {
    for (const { card, shape } of cards) this.#at(exam, card)?.arm(exam, attempt, shape, withinMs);
  }

  #go({ exam, cards }: Message<'exam.go'>): void {
    for (const { card, seed } of cards) this.#at(exam, card)?.go(exam, seed);
  }

  #open({ exam, card, openings }: Message<'exam.open'>): void {
    this.#at(exam, card)?.open(exam, openings);
  }

  #at(exam: string, card: number): CardDesk | undefined {
    const desk = this.#desks[card];
    if (!desk) {
      const message = `This device has no card ${card}.`;
      this.#options.send({ type: 'exam.decline', exam, card, message });
      this.#options.events({ type: 'exam.declined', exam, card, message });
    }
    return desk;
  }
}
