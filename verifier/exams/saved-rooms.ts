import type { Clock } from '../../protocol/clock.js';
import type { CardClaim } from '../../protocol/messages/cards.js';
import { Saved, type SavedOptions } from '../state/saved.js';
import type { CardExam } from './card-exam.js';
import type { ExaminedCard } from './examined-cards.js';
import type { Commitment, PartExam, PartPhase } from './part-exam.js';

/** A debt of openings has no end of its own; who is away for longer than this begins anew. */
const keptMs = 7 * 24 * 3600_000;

/** What an exam is about, from its begin on. */
export interface ExamSubject {
  readonly exam: string;
  /** What the device claimed when it began. */
  readonly claims: readonly CardClaim[];
  readonly cards: readonly ExaminedCard[];
  /** The sweep that began it; null where none did. */
  readonly sweep: string | null;
  /** Milliseconds since 1970. */
  readonly begunAt: number;
}

/** An exam under way, as another verifier takes it up. */
export interface SavedExam extends ExamSubject {
  readonly exams: ReadonlyMap<number, CardExam>;
}

interface SavedCard {
  readonly exam: CardExam;
  /** When the saver's monotonic clock was at zero, milliseconds since 1970. */
  readonly zeroAt: number;
}

export interface SavedRoomsOptions extends Pick<SavedOptions, 'state' | 'log'> {
  readonly clock: Clock;
}

/**
 * The exams under way, as they stand in the hot state: what each is about, and how each of its cards stands. So whoever comes
 * back to another verifier owes the same answers. Cards have keys of their own, as an answer that waits for its check is long.
 */
export class SavedRooms {
  readonly #clock: Clock;
  readonly #shared: boolean;
  readonly #subjects: Saved<ExamSubject>;
  readonly #cards: Saved<SavedCard>;
  readonly #urgent: Saved<true>;

  constructor({ clock, ...options }: SavedRoomsOptions) {
    this.#clock = clock;
    this.#shared = options.state !== null;
    this.#subjects = new Saved({ ...options, name: 'room', ttlMs: keptMs });
    this.#cards = new Saved({ ...options, name: 'room-card', ttlMs: keptMs });
    this.#urgent = new Saved({ ...options, name: 'soon', ttlMs: keptMs });
  }

  begun(device: string, subject: ExamSubject): void {
    this.#subjects.put(device, subject);
  }

  stepped(exam: string, card: number, state: CardExam): void {
    this.#cards.put(keyOf(exam, card), { exam: state, zeroAt: this.#zeroAt });
  }

  /** Nothing is owed any more. */
  ended(device: string, { exam, cards }: ExamSubject): void {
    this.#subjects.put(device, null);
    for (const { card } of cards) this.#cards.put(keyOf(exam, card), null);
  }

  /** The exam that the device has not ended, with its instants on our clock; null where there is none. @throws `service.busy` */
  async load(device: string): Promise<SavedExam | null> {
    const subject = await this.#subjects.get(device);
    if (subject === null) return null;
    const exams = new Map<number, CardExam>();
    for (const { card } of subject.cards) {
      const saved = await this.#cards.get(keyOf(subject.exam, card));
      // One that never took a step owes all of it.
      if (saved !== null) exams.set(card, shifted(saved.exam, saved.zeroAt - this.#zeroAt));
    }
    return { ...subject, exams };
  }

  /** Whether an exam is to come as soon as it can. */
  urgent(device: string, urgent: boolean): void {
    this.#urgent.put(device, urgent ? true : null);
  }

  /** @throws TouchstoneError `service.busy` */
  async isUrgent(device: string): Promise<boolean> {
    return (await this.#urgent.get(device)) !== null;
  }

  /**
   * Resolves when a card stands there as it is now, or can't; null where it is not to stand anywhere. Before a card is told
   * what it has to show: with a verifier that dies in between it would be asked something else.
   */
  kept(device: string, exam: string, card: number): Promise<unknown> | null {
    if (!this.#shared) return null;
    return Promise.all([this.#subjects.flush(device), this.#cards.flush(keyOf(exam, card))]);
  }

  /** What still waits of an exam is not written: the device may be at home elsewhere. */
  forget(device: string, subject: ExamSubject | null): void {
    this.#subjects.forget(device);
    for (const { card } of subject?.cards ?? []) this.#cards.forget(keyOf(subject?.exam ?? '', card));
  }

  /** Resolves when all about the device stands there. Never rejects. */
  async flush(device: string, subject: ExamSubject | null): Promise<void> {
    const cards = subject?.cards.map(({ card }) => this.#cards.flush(keyOf(subject.exam, card))) ?? [];
    await Promise.all([this.#subjects.flush(device), this.#urgent.flush(device), ...cards]);
  }

  get #zeroAt(): number {
    return this.#clock.now() - this.#clock.monotonic();
  }
}

const keyOf = (exam: string, card: number): string => `${exam}/${card}`;

/** The same exam on a monotonic clock that shows so many milliseconds more. */
export function shifted({ compute, memory }: CardExam, byMs: number): CardExam {
  return { compute: shiftedPart(compute, byMs), memory: memory === null ? null : shiftedPart(memory, byMs) };
}

function shiftedPart(part: PartExam, byMs: number): PartExam {
  const { armed, phase } = part;
  return {
    ...part,
    armed: armed === null ? null : { ...armed, at: armed.at + byMs },
    phase: shiftedPhase(phase, byMs),
  };
}

function shiftedPhase(phase: PartPhase, byMs: number): PartPhase {
  switch (phase.at) {
    case 'running':
      return { ...phase, goAt: phase.goAt + byMs };
    case 'opening':
    case 'checking':
      return { ...phase, commitment: shiftedCommitment(phase.commitment, byMs) };
    case 'done': {
      const { result } = phase;
      if (result.commitment === null) return phase;
      return {
        ...phase,
        result: { ...result, commitment: shiftedCommitment(result.commitment, byMs) },
      } as PartPhase;
    }
    default:
      return phase;
  }
}

const shiftedCommitment = <C extends Commitment>(commitment: C, byMs: number): C => ({
  ...commitment,
  committedAt: commitment.committedAt + byMs,
});
