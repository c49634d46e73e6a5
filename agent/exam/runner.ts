import type { CardMessage, ExamPart } from '../../protocol/messages/exam.js';
import type { ProbeMessage } from '../../protocol/messages/probe.js';
import type { WalkerOpening, WalkerReveal } from '../../protocol/messages/reveals.js';
import type { TableMessage } from '../../protocol/messages/table.js';
import type { VerifierMessage } from '../../protocol/messages/wire.js';
import type { CardLoad } from '../cards/load.js';
import type { Identity } from '../identity.js';
import type { ProbeEvent } from '../probes/events.js';
import { ProbeDesk } from '../probes/probe-desk.js';
import { TableDesk } from '../probes/table-desk.js';
import { CardDesk } from './card-desk.js';
import type { ExamEvent } from './events.js';
import type { CardProver } from './prover.js';
import { ProverQueue } from './prover-queue.js';
import type { ResidentWalks } from './resident-walks.js';
import { TableKeeper } from './table-keeper.js';
import { TableWalker } from './table-walker.js';

type Message<T extends VerifierMessage['type']> = Extract<VerifierMessage, { type: T }>;

/** All that the runner sends. */
export type RunnerMessage = CardMessage | TableMessage | ProbeMessage;

/** All that the runner tells. */
export type RunnerEvent = ExamEvent | ProbeEvent;

export interface ExamRunnerOptions {
  /** One for each claimed card, in the order of the claims; null where no engine runs on it: its exams are declined. */
  readonly provers: readonly (CardProver | null)[];
  /** Sends to the verifier, or drops the message where no connection is: whoever misses it asks again. */
  readonly send: (message: RunnerMessage) => void;
  readonly events: (event: RunnerEvent) => void;
  /** Signs transcripts. */
  readonly identity: Identity;
  /** How busy each card is with its tenant's work, by card; nothing is said of a card without one. */
  readonly loads?: readonly (CardLoad | undefined)[];
}

/** Everything about one card. */
interface Desks {
  readonly queue: ProverQueue;
  readonly walker: TableWalker;
  readonly exams: CardDesk;
  readonly tables: TableDesk;
  readonly probes: ProbeDesk;
}

/**
 * The agent's side of exams, tables and probes (docs/protocol.md sections 2 to 4): answers every message about a card, all
 * cards at once, and outlives connections. An exam goes on while the line is down, and what it committed to can be opened
 * afterwards.
 */
export class ExamRunner implements ResidentWalks {
  readonly #options: ExamRunnerOptions;
  /** By card; null where no engine runs on it. */
  readonly #desks: readonly (Desks | null)[];

  constructor(options: ExamRunnerOptions) {
    this.#options = options;
    this.#desks = options.provers.map((prover, card) => prover && desksOf(card, prover, options));
  }

  /** Takes one message. Returns at once and never throws; answers follow as they are found. */
  handle(message: VerifierMessage): void {
    if (message.type === 'exam.arm') this.#arm(message);
    else if (message.type === 'exam.go') this.#go(message);
    else if (message.type === 'exam.open') this.#open(message);
    else if (message.type === 'exam.verdict') this.#verdict(message);
    else if (message.type === 'table.build') this.#build(message);
    else if (message.type === 'table.drop') this.#desks[message.card]?.tables.drop(message);
    else if (message.type === 'probe.walk') this.#walk(message);
    else if (message.type === 'probe.open') this.#desks[message.card]?.probes.open(message);
    else if (message.type === 'probe.verdict') this.#probed(message);
    // `network.*` and `offline.*` are the line's, `status` and `error` about the device: no steps of a card.
  }

  async walk(
    card: number,
    tableSeed: string,
    walkSeed: Uint8Array,
    rounds: number,
  ): Promise<Uint8Array[] | null> {
    const walk = this.#desks[card]?.walker.walk({ tableSeed, walkSeed, rounds }, 'later');
    return (await walk) ?? null;
  }

  async reveal(
    card: number,
    tableSeed: string,
    walkSeed: Uint8Array,
    rounds: number,
    openings: readonly WalkerOpening[],
  ): Promise<WalkerReveal[] | null> {
    const walk = { tableSeed, walkSeed, rounds };
    return (await this.#desks[card]?.walker.reveal(walk, openings, 'later')) ?? null;
  }

  /** Resolves when no card works any more. For tests and for an orderly end. */
  async idle(): Promise<void> {
    await Promise.all(
      this.#desks.map(async (desks) => {
        if (!desks) return;
        await desks.queue.idle();
        for (const desk of [desks.exams, desks.tables, desks.probes]) await desk.idle();
      }),
    );
  }

  #arm({ exam, attempt, cards }: Message<'exam.arm'>): void {
    for (const asked of cards) this.#examsOf(exam, asked.card, asked.part)?.arm(exam, attempt, asked);
  }

  #go({ exam, cards }: Message<'exam.go'>): void {
    for (const asked of cards) this.#examsOf(exam, asked.card, asked.part)?.go(exam, asked);
  }

  #open(question: Message<'exam.open'>): void {
    this.#examsOf(question.exam, question.card, question.part)?.open(question);
  }

  #verdict(verdict: Message<'exam.verdict'>): void {
    this.#desks[verdict.card]?.exams.over(verdict.exam, verdict.outcome);
    this.#options.events(verdict);
  }

  #build(order: Message<'table.build'>): void {
    const { card, tableSeed } = order;
    const desks = this.#desks[card];
    if (desks) desks.tables.build(order);
    else this.#options.send({ type: 'table.decline', card, tableSeed, message: this.#noDesk(card) });
  }

  #walk(question: Message<'probe.walk'>): void {
    const { card, probe } = question;
    const desks = this.#desks[card];
    if (desks) desks.probes.walk(question);
    else {
      const message = this.#noDesk(card);
      this.#options.send({ type: 'probe.decline', probe, card, reason: 'no-table', message });
    }
  }

  #probed(verdict: Message<'probe.verdict'>): void {
    this.#desks[verdict.card]?.probes.verdict(verdict);
    this.#options.events(verdict);
  }

  /** Declines where there is none. */
  #examsOf(exam: string, card: number, part: ExamPart): CardDesk | null {
    const exams = this.#desks[card]?.exams ?? null;
    if (!exams) {
      const message = this.#noDesk(card);
      this.#options.send({ type: 'exam.decline', exam, card, part, message });
      this.#options.events({ type: 'exam.declined', exam, card, part, message, code: null });
    }
    return exams;
  }

  /** Why nothing answers for a card. */
  #noDesk(card: number): string {
    const known = card < this.#desks.length;
    return known ? 'No engine on this machine runs on this card.' : `This device has no card ${card}.`;
  }
}

function desksOf(card: number, prover: CardProver, options: ExamRunnerOptions): Desks {
  const { send, events, identity, loads } = options;
  const queue = new ProverQueue(prover);
  const tables = new TableKeeper(queue, () => events({ type: 'table.dropped', card }));
  const walker = new TableWalker(queue, tables, (words) => events({ type: 'table.lost', card, ...words }));
  const exams = new CardDesk({ card, queue, tables, send, events });
  return {
    queue,
    walker,
    exams,
    tables: new TableDesk({ card, queue, tables, exams, send, events }),
    probes: new ProbeDesk({ card, walker, identity, load: loads?.[card], send }),
  };
}
