import type { CardProver } from '../../agent/exam/prover.js';
import { allOf } from './all-of.js';

/** How an identity leaves an exam in which the chip is taken. */
export type DropOut = () => Promise<Uint8Array[]>;

/** Tells the agent of an error that never was. */
export const blamesEngine: DropOut = () => Promise.reject(new Error('CUDA error: out of memory'));

/**
 * Identities on one chip that never use it at the same time: whoever is first after `go` has it, the others drop out
 * and hope to be asked again when it is free.
 *
 * @param provers each as if it had the chip alone
 */
export function takeTurns(provers: readonly CardProver[], dropOut: DropOut): CardProver[] {
  const chip = oneAtATime();
  return provers.map((prover) => ({
    ...allOf(prover),
    commit: (seed, onProgress) => chip(() => prover.commit(seed, onProgress), dropOut),
  }));
}

/**
 * The same with the memory of one chip: all have built, and one of them at a time walks with its whole bandwidth.
 *
 * @param provers each with a way of its own to drop out
 */
export function takeTurnsAtWalks(
  provers: readonly { readonly prover: CardProver; readonly dropOut: DropOut }[],
): CardProver[] {
  const chip = oneAtATime();
  return provers.map(({ prover, dropOut }) => ({
    ...allOf(prover),
    walk: (walkSeed, onProgress, rounds) => chip(() => prover.walk(walkSeed, onProgress, rounds), dropOut),
  }));
}

/** Runs what it is given where nothing else runs. */
function oneAtATime() {
  let taken = false;
  return async (work: () => Promise<Uint8Array[]>, otherwise: DropOut): Promise<Uint8Array[]> => {
    if (taken) return otherwise();
    taken = true;
    try {
      return await work();
    } finally {
      taken = false;
    }
  };
}
