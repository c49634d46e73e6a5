import type { CardProver } from '../../agent/exam/prover.js';
import type { Opening, WalkerOpening } from '../../protocol/messages/reveals.js';
import { allOf } from './all-of.js';

/**
 * Opens pages of its own choice in place of those asked: its neighbours, one page further in every round.
 *
 * @param asAsked true: says that they are the pages asked for. False: says which they are.
 */
export function opensOtherLeaves(prover: CardProver, asAsked = false): CardProver {
  let pages = 1;
  return {
    ...allOf(prover),
    arm(shape) {
      pages = shape.pages;
      return prover.arm(shape);
    },
    async reveal(openings) {
      const chosen = openings.map(({ round, page }) => ({ round, page: (page + pages / 2) % pages }));
      const reveals = await prover.reveal(chosen);
      return asAsked ? reveals.map((reveal, i) => ({ ...reveal, ...(openings[i] as Opening) })) : reveals;
    },
  };
}

/**
 * The same of a walk, out of the next round. A leaf holds all that a walker's neighbours came to, so that another walker
 * of the same leaf would be no other answer.
 */
export function opensOtherWalkers(prover: CardProver, asAsked = false): CardProver {
  let shapeRounds = 1;
  let walked = 1;
  return {
    ...allOf(prover),
    build(shape, tableSeed, onProgress) {
      shapeRounds = shape.rounds;
      return prover.build(shape, tableSeed, onProgress);
    },
    walk(walkSeed, onProgress, rounds) {
      walked = rounds ?? shapeRounds;
      return prover.walk(walkSeed, onProgress, rounds);
    },
    async revealWalk(openings) {
      const chosen = openings.map(({ round, walker }) => ({ round: (round + 1) % walked, walker }));
      const reveals = await prover.revealWalk(chosen);
      return asAsked
        ? reveals.map((reveal, i) => ({ ...reveal, ...(openings[i] as WalkerOpening) }))
        : reveals;
    },
  };
}
