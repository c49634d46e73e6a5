/** When each card is due next: one time a card. */
export class Plans {
  readonly #due: (device: string, card: number) => void;
  readonly #timers = new Map<string, Map<number, NodeJS.Timeout>>();

  constructor(due: (device: string, card: number) => void) {
    this.#due = due;
  }

  /** In the place of an earlier plan of the card. */
  set(device: string, card: number, delayMs: number): void {
    const cards = this.#timers.get(device) ?? new Map<number, NodeJS.Timeout>();
    this.#timers.set(device, cards);
    clearTimeout(cards.get(card));
    const timer = setTimeout(() => {
      if (cards.get(card) === timer) cards.delete(card);
      this.#due(device, card);
    }, delayMs);
    cards.set(card, timer);
  }

  cancel(device: string): void {
    for (const timer of this.#timers.get(device)?.values() ?? []) clearTimeout(timer);
    this.#timers.delete(device);
  }

  close(): void {
    for (const device of [...this.#timers.keys()]) this.cancel(device);
  }
}
