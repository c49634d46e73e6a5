import { codeTable } from '../../protocol/codes/table.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { Commitment, PartEvent, Reveals } from './part-exam.js';

/** How often a proof is tried to be checked before the exam ends as ours, and the pause between, milliseconds. */
const checkTries = 15;
const checkPauseMs = 2_000;
/** While others only stand before it, an answer waits for a quarter of an hour: to ask again would cost the card far more. */
const fullTries = 450;

export interface ProofResult {
  readonly right: number;
  readonly code: Extract<PartEvent, { type: 'checked' }>['code'];
}

/** What a card has answered. */
export interface Answered {
  readonly commitment: Commitment;
  readonly reveals: Reveals;
}

export interface ProofChecksOptions {
  readonly check: (commitment: Commitment, reveals: Reveals) => Promise<ProofResult>;
  /** What a card's answer is that waits to be checked; null where none does any more. */
  readonly answerOf: (card: number) => Answered | null;
  readonly checked: (card: number, event: PartEvent) => void;
  /** A proof could not be checked, by a fault of ours. */
  readonly uncheckable: (error: unknown) => void;
  /** A proof of the device was wrong before, in a way that convicts it. */
  readonly condemned: boolean;
}

/** Checks the answers of one device, one at a time: its many cards must not stand in the queue before everybody else's few. */
export class ProofChecks {
  readonly #options: ProofChecksOptions;
  readonly #waiting: number[] = [];
  #checking = false;
  #condemned: boolean;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: ProofChecksOptions) {
    this.#options = options;
    this.#condemned = options.condemned;
  }

  add(card: number): void {
    this.#waiting.push(card);
    if (!this.#checking) this.#next();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
  }

  #next(): void {
    const card = this.#waiting.shift();
    this.#checking = card !== undefined;
    if (card !== undefined) this.#check(card, 1);
  }

  #check(card: number, tries: number): void {
    const answer = this.#options.answerOf(card);
    if (this.#closed) return;
    if (answer === null) return this.#next();
    // Hard evidence condemns the device, whatever its other cards did: no more is spent on it.
    if (this.#condemned) return this.#end(card, { type: 'ours' });
    this.#options.check(answer.commitment, answer.reveals).then(
      (result) => {
        this.#condemned ||= codeTable[result.code].hard === true;
        this.#end(card, { type: 'checked', ...result });
      },
      (error) => {
        const full = error instanceof TouchstoneError && error.code === 'queue.full';
        if (!full || tries === 1) this.#options.uncheckable(error);
        // The answer is kept and looked at again: who fills our queue must not get another draw by it.
        if (tries < (full ? fullTries : checkTries))
          this.#retry = setTimeout(() => this.#check(card, tries + 1), checkPauseMs);
        else this.#end(card, { type: 'ours' });
      },
    );
  }

  #end(card: number, event: PartEvent): void {
    if (this.#closed) return;
    this.#options.checked(card, event);
    this.#next();
  }
}
