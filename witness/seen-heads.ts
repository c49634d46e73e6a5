import type { TranscriptHeads } from '../protocol/messages/lease.js';
import type { Receipt } from '../protocol/messages/receipt.js';

type Head = TranscriptHeads['cards'][number];

/** Heads that are remembered; the oldest are forgotten first. Probes of a card come every few minutes. */
const remembered = 50_000;

/** What a witness has seen of a transcript with its own eyes: the receipt has to hold all of it. */
export class SeenHeads {
  readonly #seen = new Map<string, Head>();
  readonly #newest = new Map<number, Head>();

  /**
   * Another head was told.
   * @returns false where it takes back what was told before
   */
  add(head: Head): boolean {
    const newest = this.#newest.get(head.card);
    if (newest && (head.index < newest.index || (head.index === newest.index && head.tag !== newest.tag)))
      return false;
    this.#newest.set(head.card, head);
    this.#seen.set(`${head.card}/${head.index}`, head);
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > remembered && oldest !== undefined) this.#seen.delete(oldest);
    return true;
  }

  /** What was seen and is not in the receipt, one line each. A head before the first entry is not in it anyway. */
  missingIn({ cards }: Receipt): string[] {
    const entries = new Map(cards.map((card) => [card.card, card.entries]));
    return [...this.#seen.values()]
      .filter(({ card, index, tag }) => index > 0 && entries.get(card)?.[index - 1]?.tag !== tag)
      .map(({ card, index }) => `card ${card}: entry ${index} was another when it was seen`);
  }
}
