import type {
  LeaseFigures,
  ReceiptCard,
  ReceiptGap,
  ReceiptVerdict,
} from '../../../../protocol/messages/receipt.js';
import type { Witnessed } from './contention.js';
import { leaseFigures, overallFigures } from './figures.js';
import type { Stretch } from './stretches.js';
import { receiptVerdict } from './verdict.js';

/** All of a receipt that its figures follow from; a receipt fits. */
export interface Course {
  readonly issuedAt: number;
  /** Null: the lease never began, and no time of it is proven or missing. */
  readonly startedAt: number | null;
  /** Null while it goes on. */
  readonly endedAt: number | null;
  readonly cards: readonly Pick<ReceiptCard, 'card' | 'handOver' | 'return' | 'baselineMs' | 'entries'>[];
  readonly ours: readonly Stretch[];
  readonly witness: readonly Witnessed[];
}

export interface ReceiptFigures {
  /** One for each card, in their order. */
  readonly cards: readonly { readonly figures: LeaseFigures; readonly gaps: readonly ReceiptGap[] }[];
  readonly figures: LeaseFigures;
  readonly verdict: ReceiptVerdict;
}

/** Figures, gaps and verdict of a receipt, made of the rest of it: the verifier fills them in, and whoever doubts them does this again. */
export function receiptFigures({
  issuedAt,
  startedAt,
  endedAt,
  cards,
  ours,
  witness,
}: Course): ReceiptFigures {
  const to = endedAt ?? issuedAt;
  const from = Math.min(startedAt ?? to, to);
  const made = cards.map((one) => {
    const { card, entries, baselineMs } = one;
    const endProven = endedAt === null || one.return?.outcome === 'passed';
    return leaseFigures(
      { from, to, baselineMs, entries, ours, endProven },
      witness.filter((said) => said.card === card),
    );
  });
  const judged = cards.map((one, place) => ({
    ...one,
    ...(made[place] ?? { figures: noFigures, gaps: [] }),
  }));
  return {
    cards: made,
    figures: overallFigures(made.map(({ figures }) => figures)),
    verdict: receiptVerdict(judged, endedAt !== null),
  };
}

const noFigures = overallFigures([]);
