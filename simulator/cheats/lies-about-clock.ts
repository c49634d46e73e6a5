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
  const early = earlyCommits(pretendMs, random);
  let rounds = 0;
  return {
    ...allOf(prover),
    arm(shape) {
      rounds = shape.rounds;
      return prover.arm(shape);
    },
    commit: (seed, onProgress) => early.commit(rounds, prover.commit(seed, onProgress)),
    async reveal(openings) {
      await early.done();
      return prover.reveal(openings);
    },
  };
}

/** The same of a card whose memory is slow, or has to be filled first: it walks on behind its commit. */
export function commitsBeforeWalking(prover: CardProver, pretendMs: number, random: RandomBytes): CardProver {
  const early = earlyCommits(pretendMs, random);
  let shapeRounds = 0;
  return {
    ...allOf(prover),
    build(shape, tableSeed, onProgress) {
      shapeRounds = shape.rounds;
      return prover.build(shape, tableSeed, onProgress);
    },
    walk: (walkSeed, onProgress, rounds) =>
      early.commit(rounds ?? shapeRounds, prover.walk(walkSeed, onProgress, rounds)),
    async revealWalk(openings) {
      await early.done();
      return prover.revealWalk(openings);
    },
  };
}

function earlyCommits(pretendMs: number, random: RandomBytes) {
  let work: Promise<unknown> = Promise.resolve();
  return {
    async commit(rounds: number, started: Promise<unknown>): Promise<Uint8Array[]> {
      work = started;
      // The loss of failed work shows when it is opened; until then nobody may have looked at it.
      work.catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, pretendMs));
      return Array.from({ length: rounds }, () => random(32));
    },
    done: () => work,
  };
}
