import type { Receipt, ReceiptCard, ReceiptEntry } from '../../protocol/messages/receipt.js';

/** One line of what was found out about a receipt. */
export interface ReceiptCheck {
  /** Such as `tags`; names are stable. */
  readonly check: string;
  readonly ok: boolean;
  /** What was held against what, or what is wrong. */
  readonly detail: string;
}

/** Wall clocks are set now and then: so far what came later may seem to have come before, milliseconds. */
export const clockStepMs = 60_000;

/** Faults that are named; a receipt with thousands says how many more there are. */
const named = 5;

/**
 * The line of one check.
 *
 * @param fine what is said where there is no fault
 */
export function checkOf(check: string, fine: string, faults: readonly string[]): ReceiptCheck {
  if (faults.length === 0) return { check, ok: true, detail: fine };
  const more = faults.length > named ? `; and ${faults.length - named} more` : '';
  return { check, ok: false, detail: `${faults.slice(0, named).join('; ')}${more}` };
}

/** The faults of all cards, each with the card's number before it. */
export function faultsOfCards(
  { cards }: Pick<Receipt, 'cards'>,
  faultsOf: (card: ReceiptCard) => readonly string[],
): string[] {
  return cards.flatMap((card) => faultsOf(card).map((fault) => `card ${card.card}: ${fault}`));
}

/** The faults of all entries of a card, each with the entry's index before it. */
export function faultsOfEntries(
  { entries }: Pick<ReceiptCard, 'entries'>,
  faultsOf: (entry: ReceiptEntry, at: number) => readonly (string | false)[],
): string[] {
  return entries.flatMap((entry, at) =>
    faultsOf(entry, at)
      .filter((fault) => fault !== false)
      .map((fault) => `entry ${entry.index} ${fault}`),
  );
}
