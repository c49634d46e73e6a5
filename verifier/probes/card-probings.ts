import type { Hurry } from './schedule.js';

/** What is known of the probes of one card. */
export interface CardProbing {
  hurry: Hurry;
  slowInARow: number;
  failedInARow: number;
  /** Came due while its device was away for a moment. */
  movedInARow: number;
  /** Its lost table is being ordered. */
  replacing: boolean;
}

/** Of all cards that were ever to be probed: no more than are enrolled. */
export class CardProbings {
  readonly #cards = new Map<string, Map<number, CardProbing>>();

  of(device: string, card: number): CardProbing {
    const cards = this.#cards.get(device) ?? new Map<number, CardProbing>();
    this.#cards.set(device, cards);
    const fresh = { hurry: null, slowInARow: 0, failedInARow: 0, movedInARow: 0, replacing: false };
    const probing = cards.get(card) ?? fresh;
    cards.set(card, probing);
    return probing;
  }

  isReplacing(device: string): boolean {
    return [...(this.#cards.get(device)?.values() ?? [])].some(({ replacing }) => replacing);
  }
}
