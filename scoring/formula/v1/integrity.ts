import type { ExamOutcome } from '../../../protocol/status.js';

/** Weights of passes and fails, each older one forgotten by two per cent with every exam. */
export interface Integrity {
  readonly alpha: number;
  readonly beta: number;
}

/** What one exam leaves of the weight of those before it: about the last 50 exams matter. */
export const memory = 0.98;

/** A new card is believed as if it had passed 50 exams, where the weights settle: α + β = 1 / (1 − memory) always. */
export const start: Integrity = { alpha: 50, beta: 0 };

/** Below this a card is suspended. Nine fails in a row from the start: 0.98⁹ = 0.834. */
export const threshold = 0.85;

/** The share of passes, recent ones first: 0 to 1. */
export const integrityOf = ({ alpha, beta }: Integrity): number => alpha / (alpha + beta);

/** The weights after one more exam. Only passes and fails count: a broken line and our own faults leave no mark. */
export function after({ alpha, beta }: Integrity, outcome: ExamOutcome): Integrity {
  switch (outcome) {
    case 'passed':
      return { alpha: memory * alpha + 1, beta: memory * beta };
    case 'failed':
      return { alpha: memory * alpha, beta: memory * beta + 1 };
    case 'unanswered':
    case 'ours':
      return { alpha, beta };
  }
}

/** The weights after a history, oldest first. */
export const afterHistory = (outcomes: readonly ExamOutcome[]): Integrity => outcomes.reduce(after, start);

/** How many passes in a row bring it back to the threshold; 0 where it is not below. At most 94, from the very bottom. */
export function passesNeeded(integrity: Integrity): number {
  let passes = 0;
  for (let state = integrity; integrityOf(state) < threshold; state = after(state, 'passed')) passes += 1;
  return passes;
}
