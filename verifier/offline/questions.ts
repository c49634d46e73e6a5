import type { OfflineReveal } from '../../protocol/messages/offline.js';
import type { LinkOpening } from '../../protocol/messages/reveals.js';
import type { VerifierMessage } from '../../protocol/messages/wire.js';

/** A card has so long to walk a few links again and to send all its roots, on a line that has just come back. */
const revealMs = 30_000;

interface Open {
  readonly seed: string;
  readonly card: number;
  readonly answer: (reveal: OfflineReveal | 'gone' | null) => void;
}

/** What is asked of the cards of one device on one connection: one question at a time. */
export class Questions {
  readonly #send: (message: VerifierMessage) => boolean;
  #open: Open | null = null;
  #over = false;

  constructor(send: (message: VerifierMessage) => boolean) {
    this.#send = send;
  }

  /** Null where no answer came in time, `gone` where the line is. */
  ask(seed: string, card: number, openings: readonly LinkOpening[]): Promise<OfflineReveal | 'gone' | null> {
    if (this.#over) return Promise.resolve('gone');
    return new Promise((resolve) => {
      // Timers run before sockets are read: what came while this process stood still is looked at first.
      const timer = setTimeout(() => setImmediate(() => open.answer(null)), revealMs);
      const open: Open = {
        seed,
        card,
        answer: (reveal) => {
          clearTimeout(timer);
          if (this.#open === open) this.#open = null;
          resolve(reveal);
        },
      };
      this.#open = open;
      const sent = this.#send({
        type: 'offline.open',
        seed,
        card,
        openings: [...openings],
        withinMs: revealMs,
      });
      if (!sent) open.answer('gone');
    });
  }

  /** @returns false where nothing of this was asked */
  take(reveal: OfflineReveal): boolean {
    const open = this.#open;
    if (open === null || open.seed !== reveal.seed || open.card !== reveal.card) return false;
    open.answer(reveal);
    return true;
  }

  /** The line is gone. */
  end(): void {
    this.#over = true;
    this.#open?.answer('gone');
  }
}
