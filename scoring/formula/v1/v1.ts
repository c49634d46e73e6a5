import type { ExamOutcome } from '../../../protocol/status.js';
import { type Availability, availability, type Minutes } from './availability.js';
import { afterHistory, integrityOf, passesNeeded, threshold } from './integrity.js';
import { lookBack, performance } from './performance.js';
import { type ReputationParts, reputation } from './reputation.js';

/** A card that the device claims now, and what its class is expected to do. */
interface ScoredCard {
  readonly card: number;
  readonly class: string | null;
  /** GFLOP/s of the class on the card's engine; null where there is no expectation. */
  readonly expectedGflops: number | null;
}

/** One exam; the rows of `examOutcomes` fit. */
interface ScoredExam {
  readonly card: number;
  readonly outcome: ExamOutcome;
  readonly class: string | null;
  readonly gflops: number | null;
}

export interface ScoreInputs {
  readonly cards: readonly ScoredCard[];
  /** Oldest first. Those of cards that are no longer claimed do not count. */
  readonly exams: readonly ScoredExam[];
  readonly presence: Minutes;
}

export interface IntegrityScore {
  /** The lowest of its cards'. */
  readonly value: number;
  readonly alpha: number;
  readonly beta: number;
  readonly threshold: number;
  /** Passes in a row until `value` is no longer below the threshold. */
  readonly passesNeeded: number;
  /** The card that it is about; null where the device claims none. */
  readonly card: number | null;
}

interface PerformanceScore {
  /** The lowest of its cards'; null before the first proven rate. */
  readonly value: number | null;
  readonly card: number | null;
  /** Rates that count for it, at most ten. */
  readonly measured: number;
  readonly expectedGflops: number | null;
}

export interface Score {
  readonly formula: 'v1';
  readonly integrity: IntegrityScore;
  readonly availability: Availability;
  readonly performance: PerformanceScore;
  /** 0 to 100. */
  readonly reputation: number;
  readonly parts: ReputationParts;
}

/**
 * Formula v1 for one device; `docs/scoring.md` says it in full. Pure: the same facts give the same score for ever.
 *
 * Integrity and performance are kept card by card and the device has those of its worst card. All cards of a device
 * are examined at once, so one hiccup of a sixteen-card machine is sixteen fails: counted together they would suspend
 * it on the spot, counted by card each has failed once.
 */
export function scoreDevice({ cards, exams, presence }: ScoreInputs): Score {
  const integrity = lowest(
    cards.map((card) => integrityOfCard(card, exams)),
    ({ value }) => value,
  );
  const rates = cards.map((card) => performanceOfCard(card, exams)).filter(({ value }) => value !== null);
  const slowest = lowest(rates, ({ value }) => value ?? 0);
  const available = availability(presence);
  const parts: ReputationParts = {
    integrity: (integrity ?? unexamined).value,
    availabilityLow: available.low,
    performance: slowest?.value ?? 0,
  };
  return {
    formula: 'v1',
    integrity: integrity ?? unexamined,
    availability: available,
    performance: slowest ?? { value: null, card: null, measured: 0, expectedGflops: null },
    reputation: reputation(parts),
    parts,
  };
}

const unexamined: IntegrityScore = integrityScore(null, []);

function integrityOfCard({ card }: ScoredCard, exams: readonly ScoredExam[]): IntegrityScore {
  return integrityScore(
    card,
    exams.filter((exam) => exam.card === card).map(({ outcome }) => outcome),
  );
}

function integrityScore(card: number | null, outcomes: readonly ExamOutcome[]): IntegrityScore {
  const state = afterHistory(outcomes);
  return { value: integrityOf(state), ...state, threshold, passesNeeded: passesNeeded(state), card };
}

/** Only rates of passed exams of the card's present class: another rate was not proven, or not of this card. */
function performanceOfCard(
  { card, class: cardClass, expectedGflops }: ScoredCard,
  exams: readonly ScoredExam[],
): PerformanceScore {
  const rates = exams
    .filter((exam) => exam.card === card && exam.outcome === 'passed' && exam.class === cardClass)
    .flatMap(({ gflops }) => (gflops === null ? [] : [gflops]));
  const value = expectedGflops === null ? null : performance(rates, expectedGflops);
  return { value, card, measured: Math.min(rates.length, lookBack), expectedGflops };
}

function lowest<T>(values: readonly T[], by: (value: T) => number): T | undefined {
  return values.reduce<T | undefined>(
    (best, value) => (best === undefined || by(value) < by(best) ? value : best),
    undefined,
  );
}
