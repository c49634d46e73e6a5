import type { CardProver } from '../../agent/exam/prover.js';
import { allOf } from './all-of.js';

/** Commits to what it computed and then opens nothing: a list without pages in it holds no wrong page. */
export function revealsNothing(prover: CardProver): CardProver {
  return {
    ...allOf(prover),
    reveal: async () => [],
  };
}

/** Walks, commits to where its walkers came, and then opens none of them. */
export function revealsNoWalker(prover: CardProver): CardProver {
  return {
    ...allOf(prover),
    revealWalk: async () => [],
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

/** Commits to no round of its walk at all. */
export function commitsToNoWalk(prover: CardProver): CardProver {
  return {
    ...allOf(prover),
    walk: async () => [],
    revealWalk: async () => [],
  };
}
