import type { CardProver } from '../../agent/exam/prover.js';
import { allOf } from './all-of.js';

/** Commits to what it computed and then opens nothing: a list without pages in it holds no wrong page. */
export function revealsNothing(prover: CardProver): CardProver {
  return {
    ...allOf(prover),
    reveal: async () => [],
  };
}

/** Commits to no round at all: nothing could be opened then. */
export function commitsToNothing(prover: CardProver): CardProver {
  return {
    ...allOf(prover),
    commit: async () => [],
    reveal: async () => [],
  };
}
