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

/** Of the cards of all devices that are at home here. */
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

  /** All of a device, as they are now. */
  all(device: string): (readonly [card: number, probing: CardProbing])[] {
    return [...(this.#cards.get(device) ?? [])].map(([card, probing]) => [card, { ...probing }] as const);
  }

  restore(device: string, all: readonly (readonly [card: number, probing: CardProbing])[]): void {
    // A table that was being ordered elsewhere is not any more.
    this.#cards.set(device, new Map(all.map(([card, probing]) => [card, { ...probing, replacing: false }])));
  }

  forget(device: string): void {
    this.#cards.delete(device);
  }

  isReplacing(device: string): boolean {
    return [...(this.#cards.get(device)?.values() ?? [])].some(({ replacing }) => replacing);
  }
}
