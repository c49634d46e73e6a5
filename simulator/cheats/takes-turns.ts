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
  let taken = false;
  return provers.map((prover) => ({
    ...allOf(prover),
    async commit(seed, onProgress) {
      if (taken) return dropOut();
      taken = true;
      try {
        return await prover.commit(seed, onProgress);
      } finally {
        taken = false;
      }
    },
  }));
}
