import type { CardProver } from '../../agent/exam/prover.js';

/** Every method of a prover, bound to it: what a cheat spreads before it replaces some. */
export function allOf(prover: CardProver): CardProver {
  return {
    arm: (shape) => prover.arm(shape),
    commit: (seed, onProgress) => prover.commit(seed, onProgress),
    reveal: (openings) => prover.reveal(openings),
    build: (shape, tableSeed, onProgress) => prover.build(shape, tableSeed, onProgress),
    walk: (walkSeed, onProgress, rounds) => prover.walk(walkSeed, onProgress, rounds),
    revealWalk: (openings) => prover.revealWalk(openings),
    dropTable: () => prover.dropTable(),
    close: () => prover.close(),
  };
}
