import type { CardProver } from '../../agent/exam/prover.js';

/** Commits to what it computed and then opens nothing: a list without pages in it holds no wrong page. */
export function revealsNothing(prover: CardProver): CardProver {
  return {
    arm: (shape) => prover.arm(shape),
    commit: (seed, onProgress) => prover.commit(seed, onProgress),
    reveal: async () => [],
    close: () => prover.close(),
  };
}

/** Commits to no round at all: nothing could be opened then. */
export function commitsToNothing(prover: CardProver): CardProver {
  return {
    arm: (shape) => prover.arm(shape),
    commit: async () => [],
    reveal: async () => [],
    close: () => prover.close(),
  };
}
