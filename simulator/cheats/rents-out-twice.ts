import type { CardProver } from '../../agent/exam/prover.js';
import { allOf } from './all-of.js';
import type { ForeignTenant } from './double-sells.js';

/** Probes after a hand-over by which the verifier learns the card's own time. */
const calibrationProbes = 5;

/**
 * Serves a second customer while it is leased, and knows when not to: exams find the whole card, and so do the probes by which
 * its own time is learned. A table that is made without a compute part before it is the ballast of a lease.
 *
 * @param begin brings the other customer to the chip
 */
export function rentsOutTwice(prover: CardProver, begin: () => Pick<ForeignTenant, 'stop'>): CardProver {
  let other: Pick<ForeignTenant, 'stop'> | null = null;
  let examined = false;
  let walks: number | null = null;
  const end = () => {
    other?.stop();
    other = null;
    walks = null;
  };
  return {
    ...allOf(prover),
    arm: (shape) => {
      examined = true;
      end();
      return prover.arm(shape);
    },
    build: (shape, tableSeed, onProgress) => {
      end();
      if (!examined) walks = 0;
      examined = false;
      return prover.build(shape, tableSeed, onProgress);
    },
    revealWalk: async (openings) => {
      const reveals = await prover.revealWalk(openings);
      if (walks !== null && ++walks === calibrationProbes) other = begin();
      return reveals;
    },
    close: () => {
      end();
      return prover.close();
    },
  };
}
