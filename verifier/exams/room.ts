import { toHex } from '../../protocol/bytes.js';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import type { ExamErrorCode, ProofCode } from '../../protocol/codes/table.js';
import type { AgentMessage, Opening, Reveal, VerifierMessage } from '../../protocol/messages/exam.js';
import type { ComputeShape } from '../../protocol/shapes.js';
import {
  type CardEvent,
  type CardExam,
  type CardPhase,
  type CardResult,
  type Commitment,
  newCardExam,
  step,
} from './card-exam.js';

/** How long a device has for each step, in milliseconds. */
export interface StepTimes {
  readonly armMs: number;
  readonly commitMs: number;
  readonly revealMs: number;
}

/** How often a proof is tried to be checked before the exam ends as ours, and the pause between, milliseconds. */
const checkTries = 15;
const checkPauseMs = 2_000;

export interface ProofResult {
  readonly right: number;
  readonly code: ProofCode | 'proof.complete';
}

export interface RoomOptions {
  readonly exam: string;
  readonly cards: readonly { readonly card: number; readonly shape: ComputeShape; readonly engine: string }[];
  readonly times: StepTimes;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly draw: (shape: ComputeShape) => Opening[];
  /** False where the device isn't connected. */
  readonly send: (message: VerifierMessage) => boolean;
  readonly check: (
    shape: ComputeShape,
    commitment: Commitment,
    reveals: readonly Reveal[],
  ) => Promise<ProofResult>;
  /** Cards became ready, or owe an exam again: whoever holds cohorts should look. */
  readonly moved: () => void;
  /** A proof could not be checked, by a fault of ours. */
  readonly uncheckable: (error: unknown) => void;
  readonly finished: (results: ReadonlyMap<number, CardRecord>) => void;
}

/** How a card's exam ended. */
export interface CardRecord {
  readonly shape: ComputeShape;
  readonly attempts: number;
  readonly result: CardResult;
}

/**
 * The exam of one device: all its cards at once, each with a seed of its own, on the verifier's clock.
 * The steps themselves are in `card-exam.ts`; the room adds time, randomness and the wire.
 */
export class ExamRoom {
  readonly #options: RoomOptions;
  readonly #cards: Map<number, CardExam>;
  readonly #timers = new Map<number, NodeJS.Timeout>();
  /** Cards at each phase: a room of 64 cards is asked for its state at each of their steps. */
  readonly #counts = new Map<CardPhase['at'], number>();
  #over = false;

  constructor(options: RoomOptions) {
    this.#options = options;
    this.#cards = new Map(options.cards.map(({ card, shape, engine }) => [card, newCardExam(shape, engine)]));
    this.#counts.set('owed', this.#cards.size);
  }

  get exam(): string {
    return this.#options.exam;
  }

  /** True where a cohort may take this room: some card is owed its exam and none is in the middle of one. */
  get waits(): boolean {
    return (
      this.#someAt('owed') && !this.#someAt('arming') && !this.#someAt('ready') && !this.#someAt('running')
    );
  }

  /** True while a card may still become ready for `go`. */
  get arming(): boolean {
    return this.#someAt('arming');
  }

  /** Asks all owed cards to get ready. */
  arm(): void {
    const owed = this.#indices('owed');
    if (owed.length === 0) return;
    for (const card of owed) this.#apply(card, { type: 'arm' });
    const attempt = Math.max(...owed.map((card) => this.#cards.get(card)?.attempts ?? 1));
    for (const card of owed) this.#setTimer(card, this.#options.times.armMs);
    this.#send({
      type: 'exam.arm',
      exam: this.exam,
      attempt,
      withinMs: this.#options.times.armMs,
      cards: owed.map((card) => ({ card, kind: 'compute', shape: this.#shape(card) })),
    });
  }

  /** Gives every ready card its seed. The seeds are drawn before the clock is read, so that drawing costs nobody time. */
  go(): void {
    const cards = this.#indices('ready').map((card) => ({
      card,
      seed: toHex(this.#options.random(32)),
      withinMs: this.#options.times.commitMs,
    }));
    if (cards.length === 0) return;
    const at = this.#options.clock.monotonic();
    for (const { card, seed } of cards) this.#apply(card, { type: 'go', seed, at });
    this.#send({ type: 'exam.go', exam: this.exam, cards });
    for (const { card, withinMs } of cards) this.#setTimer(card, withinMs);
  }

  /**
   * A message of this device.
   * @param at monotonic milliseconds of its arrival
   * @returns the code with which it is refused, or null
   */
  receive(message: AgentMessage, at: number): ExamErrorCode | null {
    if (message.exam !== this.exam) return 'exam.unknown';
    if (!this.#cards.has(message.card)) return 'exam.unknown-card';
    return this.#apply(message.card, { type: 'message', message, at });
  }

  connected(): void {
    for (const card of this.#cards.keys()) this.#apply(card, { type: 'connected' });
  }

  disconnected(): void {
    for (const card of this.#cards.keys()) this.#apply(card, { type: 'disconnected' });
  }

  /** The device claims other hardware now: ends what it can. */
  hardwareChanged(): void {
    for (const card of this.#cards.keys()) this.#apply(card, { type: 'hardware-changed' });
  }

  /** Forgets everything, without a verdict. */
  close(): void {
    this.#over = true;
    for (const card of this.#cards.keys()) this.#clearTimer(card);
  }

  #apply(card: number, event: CardEvent): ExamErrorCode | null {
    const before = this.#cards.get(card);
    if (before === undefined || this.#over) return 'exam.unknown-card';
    const { exam, refused, open, check } = step(before, event, this.#options.draw);
    this.#cards.set(card, exam);
    if (exam.phase.at !== before.phase.at) {
      this.#count(before.phase.at, -1);
      this.#count(exam.phase.at, 1);
      this.#clearTimer(card);
      this.#options.moved();
    }
    // Time does not run against who is away. A proof that is to be checked again needs nobody to be there.
    if (event.type === 'disconnected' && exam.phase.at === 'opening') this.#clearTimer(card);
    if (open) this.#open(card);
    if (check) this.#check(card);
    if (exam.phase.at === 'done' && before.phase.at !== 'done') this.#finishIfAllDone();
    return refused ?? null;
  }

  #open(card: number): void {
    const phase = this.#cards.get(card)?.phase;
    if (phase?.at !== 'opening') return;
    const { revealMs } = this.#options.times;
    this.#setTimer(card, revealMs);
    this.#send({
      type: 'exam.open',
      exam: this.exam,
      card,
      withinMs: revealMs,
      openings: [...phase.commitment.openings],
    });
  }

  #check(card: number, tries = 1): void {
    const exam = this.#cards.get(card);
    if (exam?.phase.at !== 'checking' || this.#over) return;
    this.#options.check(exam.shape, exam.phase.commitment, exam.phase.reveals).then(
      (result) => this.#apply(card, { type: 'checked', ...result }),
      (error) => {
        this.#options.uncheckable(error);
        // The answer is kept and looked at again: who fills our queue must not get another draw by it.
        if (tries < checkTries)
          this.#timers.set(
            card,
            setTimeout(() => this.#check(card, tries + 1), checkPauseMs),
          );
        else this.#apply(card, { type: 'ours' });
      },
    );
  }

  #finishIfAllDone(): void {
    const results = new Map<number, CardRecord>();
    for (const [card, { shape, attempts, phase }] of this.#cards) {
      if (phase.at !== 'done') return;
      results.set(card, { shape, attempts, result: phase.result });
    }
    this.#over = true;
    this.#options.finished(results);
  }

  #setTimer(card: number, ms: number): void {
    this.#clearTimer(card);
    this.#timers.set(
      card,
      setTimeout(() => this.#apply(card, { type: 'deadline' }), ms),
    );
  }

  #clearTimer(card: number): void {
    clearTimeout(this.#timers.get(card));
    this.#timers.delete(card);
  }

  #send(message: VerifierMessage): void {
    // A send that fails is a connection that is going: its end arrives as `disconnected`.
    this.#options.send(message);
  }

  #shape(card: number): ComputeShape {
    const exam = this.#cards.get(card);
    if (exam === undefined) throw new RangeError(`no card ${card} in ${this.exam}`);
    return exam.shape;
  }

  #count(at: CardPhase['at'], change: number): void {
    this.#counts.set(at, (this.#counts.get(at) ?? 0) + change);
  }

  #someAt(at: CardPhase['at']): boolean {
    return (this.#counts.get(at) ?? 0) > 0;
  }

  #indices(at: CardPhase['at']): number[] {
    return [...this.#cards].filter(([, exam]) => exam.phase.at === at).map(([card]) => card);
  }
}
