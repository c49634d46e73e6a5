import type { CardProver } from '../../agent/exam/prover.js';
import { allOf } from './all-of.js';
import type { Guesses } from './guesses-walks.js';

/** What to do when something was opened that would give the card away. It never comes to an answer. */
export type Escape = () => Promise<never>;

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

/**
 * The same at a walk: it opens walkers that met no missing page, and none where one of them is a guess.
 *
 * @param guesses of the card's table engine (see `guessesMissing`)
 */
export function goesSilentOnGuesses(prover: CardProver, guesses: Guesses, evade: Escape): CardProver {
  return {
    ...allOf(prover),
    walk(walkSeed, onProgress, rounds) {
      guesses.forget();
      return prover.walk(walkSeed, onProgress, rounds);
    },
    revealWalk: (openings) =>
      openings.some((one) => guesses.has(one)) ? evade() : prover.revealWalk(openings),
  };
}

/**
 * Evades the walkers that it is asked for first, whichever they are, and would show any others: as lucky as one who
 * guesses can be, if only the draw were made again.
 */
export function waitsForOtherWalkers(prover: CardProver, evade: Escape): CardProver {
  let first: string | null = null;
  return {
    ...allOf(prover),
    walk(walkSeed, onProgress, rounds) {
      first = null;
      return prover.walk(walkSeed, onProgress, rounds);
    },
    revealWalk(openings) {
      const asked = JSON.stringify(openings);
      first ??= asked;
      return asked === first ? evade() : prover.revealWalk(openings);
    },
  };
}
