import type { LeaseFigures, ReceiptGap } from '../../../../protocol/messages/receipt.js';
import { contention, type TimedEntry, type Witnessed } from './contention.js';
import { type CardCourse, type ProvingEntry, provenTime } from './proven.js';
import { lengthOf } from './stretches.js';

/** All that the figures of one card follow from. */
export interface LeaseCard extends CardCourse {
  readonly entries: readonly (ProvingEntry & TimedEntry)[];
  /** Time of a probe while nothing else runs, milliseconds without the line; null where there were too few. */
  readonly baselineMs: number | null;
}

export interface CardFigures {
  readonly figures: LeaseFigures;
  readonly gaps: readonly ReceiptGap[];
}

/**
 * The figures that a marketplace reads, of one card (docs/scoring.md, "Leases"). Pure; the order of entries and statements does
 * not matter, and nothing that we spoiled lowers a share.
 *
 * @param witness of this card alone
 */
export function leaseFigures(card: LeaseCard, witness: readonly Witnessed[]): CardFigures {
  const { stretches, gaps } = provenTime(card);
  const proven = lengthOf(stretches);
  const missing = lengthOf(gaps);
  return {
    figures: {
      provenShare: proven + missing > 0 ? proven / (proven + missing) : null,
      longestGapMs: gaps.reduce((longest, { from, to }) => Math.max(longest, to - from), 0),
      ...contention(card.entries, card.baselineMs, witness),
    },
    gaps,
  };
}

/** Over all cards: the lowest share, the longest gap, the highest index, and all idle probes. */
export function overallFigures(cards: readonly LeaseFigures[]): LeaseFigures {
  const known = (values: readonly (number | null)[]) => values.filter((value) => value !== null);
  const shares = known(cards.map(({ provenShare }) => provenShare));
  const indices = known(cards.map(({ contentionIndex }) => contentionIndex));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    provenShare: shares.length > 0 ? Math.min(...shares) : null,
    longestGapMs: Math.max(0, ...cards.map(({ longestGapMs }) => longestGapMs)),
    contentionIndex: indices.length > 0 ? Math.max(...indices) : null,
    idleProbes: sum(cards.map(({ idleProbes }) => idleProbes)),
    slowIdleProbes: sum(cards.map(({ slowIdleProbes }) => slowIdleProbes)),
  };
}
