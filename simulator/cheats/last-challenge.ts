import type { CardProver } from '../../agent/exam/prover.js';
import { allOf } from './all-of.js';

/**
 * Answers each challenge with the pages of the one before it, and so could start before it is asked.
 *
 * @param firstSeed 32 bytes, the challenge that it takes for "the one before" at first
 */
export function answersLastChallenge(prover: CardProver, firstSeed: Uint8Array): CardProver {
  let last = firstSeed;
  return {
    ...allOf(prover),
    commit(seed, onProgress) {
      const before = last;
      last = seed;
      return prover.commit(before, onProgress);
    },
  };
}
