import type { Receipt, ReceiptCard } from '../../protocol/messages/receipt.js';
import { checkOf, clockStepMs, faultsOfCards, type ReceiptCheck } from './receipt-check.js';

/** States in which the cards were handed over. */
const begun = new Set(['active', 'returning', 'ended']);

/** Times, state, exams and tables are those of one lease, from its opening to the receipt. */
export function checkCourse(receipt: Receipt): ReceiptCheck {
  const { openedAt, startedAt, endedAt, issuedAt, state, ours, cards } = receipt;
  const started = startedAt !== null;
  const over = state === 'ended' || state === 'refused';
  const times = [openedAt, startedAt, endedAt, issuedAt].filter((time) => time !== null);
  const ascending = (numbers: readonly number[], slack = 0) =>
    numbers.every((n, at) => at === 0 || n >= (numbers[at - 1] as number) - slack);
  const numbers = cards.map(({ card }) => card);
  return checkOf(
    'course',
    `the lease is ${state}, with ${cards.length} card(s)`,
    [
      !ascending(times, clockStepMs) && 'it ends before it begins',
      begun.has(state) && !started && `it is ${state} and has no beginning`,
      !begun.has(state) && started && `it is ${state} and has a beginning`,
      state === 'ended' && endedAt === null && 'it is ended and has no end',
      !over && endedAt !== null && `it is ${state} and has an end`,
      started && cards.length === 0 && 'it has no cards',
      (!ascending(numbers) || new Set(numbers).size < numbers.length) && 'its cards are not in order',
      !ascending(ours.flatMap(({ from, to }) => [from, to])) && 'our own outages overlap',
      ...faultsOfCards(receipt, (card) => cardFaults(card, started)),
    ].filter((fault) => fault !== false),
  );
}

function cardFaults({ handOver, return: returned, table, entries }: ReceiptCard, started: boolean): string[] {
  return [
    started && handOver === null && 'was handed over without an exam',
    started && handOver !== null && handOver.outcome !== 'passed' && 'was handed over after a failed exam',
    started && table === null && entries.length > 0 && 'was probed without a table',
    !started && (entries.length > 0 || returned !== null) && 'has entries of a lease that never began',
    handOver !== null && returned !== null && returned.at < handOver.at && 'was returned before handed over',
  ].filter((fault) => fault !== false);
}
