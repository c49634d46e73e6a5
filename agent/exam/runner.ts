import type { CardMessage, ExamPart } from '../../protocol/messages/exam.js';
import type { VerifierMessage } from '../../protocol/messages/wire.js';
import { CardDesk } from './card-desk.js';
import type { ExamEvent } from './events.js';
import type { CardProver } from './prover.js';

type Message<T extends VerifierMessage['type']> = Extract<VerifierMessage, { type: T }>;

export interface ExamRunnerOptions {
  /** One for each claimed card, in the order of the claims; null where no engine runs on it: its exams are declined. */
  readonly provers: readonly (CardProver | null)[];
  /** Sends to the verifier, or drops the message where no connection is: whoever misses it asks again. */
  readonly send: (message: CardMessage) => void;
  readonly events: (event: ExamEvent) => void;
  /** See CardDeskOptions. */
  readonly tableIdleMs?: number;
}

/**
 * The agent's side of the exams (docs/protocol.md sections 2 and 3): answers every message about an exam, all cards at
 * once, and outlives connections. An exam goes on while the line is down, and what it committed to can be opened
 * afterwards.
 */
export class ExamRunner {
  readonly #options: ExamRunnerOptions;
  /** By card; null where no engine runs on it. */
  readonly #desks: readonly (CardDesk | null)[];

  constructor(options: ExamRunnerOptions) {
    this.#options = options;
    const { provers, ...rest } = options;
    this.#desks = provers.map((prover, card) => prover && new CardDesk({ card, prover, ...rest }));
  }

  /** Takes one message. Returns at once and never throws; answers follow as they are found. */
  handle(message: VerifierMessage): void {
    if (message.type === 'exam.arm') this.#arm(message);
    else if (message.type === 'exam.go') this.#go(message);
    else if (message.type === 'exam.open') this.#open(message);
    else if (message.type === 'exam.verdict') this.#verdict(message);
    // `network.*` is the line's exam, `status` and `error` are about the connection or the device: no steps of a card.
  }

  /** Resolves when no card works any more. For tests and for an orderly end. */
  async idle(): Promise<void> {
    await Promise.all(this.#desks.map((desk) => desk?.idle()));
  }

  #arm({ exam, attempt, cards }: Message<'exam.arm'>): void {
    for (const asked of cards) this.#at(exam, asked.card, asked.part)?.arm(exam, attempt, asked);
  }

  #go({ exam, cards }: Message<'exam.go'>): void {
    for (const asked of cards) this.#at(exam, asked.card, asked.part)?.go(exam, asked);
  }

  #open(question: Message<'exam.open'>): void {
    this.#at(question.exam, question.card, question.part)?.open(question);
  }

  #verdict(verdict: Message<'exam.verdict'>): void {
    this.#desks[verdict.card]?.over(verdict.exam);
    this.#options.events(verdict);
  }

  /** Declines where there is none. */
  #at(exam: string, card: number, part: ExamPart): CardDesk | null {
    const desk = this.#desks[card] ?? null;
    if (!desk) {
      const message =
        card < this.#desks.length
          ? 'No engine on this machine runs on this card.'
          : `This device has no card ${card}.`;
      this.#options.send({ type: 'exam.decline', exam, card, part, message });
      this.#options.events({ type: 'exam.declined', exam, card, part, message, code: null });
    }
    return desk;
  }
}
