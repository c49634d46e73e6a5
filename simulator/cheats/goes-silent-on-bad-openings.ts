import type { CardProver } from '../../agent/exam/prover.js';
import type { Reveal } from '../../protocol/messages/exam.js';
import { allOf } from './all-of.js';

/** What to do when a page was opened that would give the card away. */
export type Escape = () => Promise<Reveal[]>;

/** Says nothing while the connection lives. */
export const staysSilent: Escape = () => new Promise(() => {});

/** Tells the agent of an error that never was; the agent declines the exam. */
export const feignsError: Escape = () =>
  Promise.reject(new Error('CUDA error: an illegal memory access was encountered'));

/**
 * Looks at what is asked before it answers, and hopes that an exam without an answer is an exam without a mark.
 *
 * @param prover of a card that computes the first part of each round's pages (see `computesFraction`), in one batch
 * @param fraction that part
 */
export function goesSilentOnBadOpenings(prover: CardProver, fraction: number, evade: Escape): CardProver {
  let computed = 0;
  return {
    ...allOf(prover),
    arm(shape) {
      computed = Math.floor(shape.pages * fraction);
      return prover.arm(shape);
    },
    reveal: (openings) => (openings.every(({ page }) => page < computed) ? prover.reveal(openings) : evade()),
  };
}
