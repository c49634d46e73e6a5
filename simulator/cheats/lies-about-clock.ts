import type { CardProver } from '../../agent/exam/prover.js';
import type { RandomBytes } from '../../protocol/clock.js';
import { allOf } from './all-of.js';

/**
 * A slow card that stops the verifier's clock early: it commits to junk after `pretendMs`, goes on computing, and
 * opens the true pages when they are there. Nothing else in the protocol says when something was done.
 */
export function commitsBeforeComputing(
  prover: CardProver,
  pretendMs: number,
  random: RandomBytes,
): CardProver {
  let rounds = 0;
  let computing: Promise<unknown> = Promise.resolve();
  return {
    ...allOf(prover),
    arm(shape) {
      rounds = shape.rounds;
      return prover.arm(shape);
    },
    async commit(seed, onProgress) {
      computing = prover.commit(seed, onProgress);
      // The loss of a failed computation shows at `reveal`; until then nobody may have looked at it.
      computing.catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, pretendMs));
      return Array.from({ length: rounds }, () => random(32));
    },
    async reveal(openings) {
      await computing;
      return prover.reveal(openings);
    },
  };
}
