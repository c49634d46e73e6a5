import type { Receipt } from '../../protocol/messages/receipt.js';
import { type ReceiptFigures, receiptFigures } from '../formula/v1/lease/receipt.js';
import { checkOf, type ReceiptCheck } from './receipt-check.js';

/** Sums of other programs may differ in their last digits. */
const rounding = 1e-9;

/** Gaps and figures of each card, those over all cards, and the verdict follow from the entries by formula v1. */
export function checkFigures(receipt: Receipt): ReceiptCheck[] {
  const expected = receiptFigures(receipt);
  return [
    checkOf('gaps', `${gapsOf(receipt)} in all, as the entries have them`, gapFaults(receipt, expected)),
    checkOf('figures', 'follow from the entries by formula v1', figureFaults(receipt, expected)),
    checkOf('verdict', `${receipt.verdict.outcome}, as it follows from the figures`, [
      ...differences('verdict', receipt.verdict, expected.verdict),
    ]),
  ];
}

const gapsOf = ({ cards }: Receipt): number => cards.reduce((sum, { gaps }) => sum + gaps.length, 0);

function gapFaults({ cards }: Receipt, expected: ReceiptFigures): string[] {
  return cards.flatMap(({ card, gaps }, at) =>
    differences(`card ${card}: gaps`, gaps, expected.cards[at]?.gaps),
  );
}

function figureFaults({ cards, figures }: Receipt, expected: ReceiptFigures): string[] {
  return [
    ...cards.flatMap(({ card, figures: own }, at) =>
      differences(`card ${card}:`, own, expected.cards[at]?.figures),
    ),
    ...differences('all cards:', figures, expected.figures),
  ];
}

/** Where two JSON values differ, by more than rounding where they are numbers: what is said, what follows. */
function differences(where: string, said: unknown, follows: unknown): string[] {
  if (typeof said === 'number' && typeof follows === 'number')
    return Math.abs(said - follows) <= rounding * Math.max(1, Math.abs(follows))
      ? []
      : [differ(where, said, follows)];
  if (isRecord(said) && isRecord(follows)) {
    const names = new Set([...Object.keys(said), ...Object.keys(follows)]);
    return [...names].flatMap((name) => differences(`${where} ${name}`, said[name], follows[name]));
  }
  return said === follows ? [] : [differ(where, said, follows)];
}

const differ = (where: string, said: unknown, follows: unknown): string =>
  `${where} is ${text(said)}, but ${text(follows)} follows`;

const text = (value: unknown): string =>
  value === undefined ? 'nothing' : (JSON.stringify(value)?.slice(0, 100) ?? 'nothing');

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
