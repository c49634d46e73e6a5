import type { CardProver } from '../../agent/exam/prover.js';
import { simulatedEngine } from '../claims.js';
import { allOf } from './all-of.js';

/** An honest card whose answers are listened to, and a card that has nothing but those answers. */
export interface ReplayPair {
  readonly victim: CardProver;
  readonly replayer: CardProver;
}

/** Makes the replayer of `prover`: it computes nothing and gives the victim's last commit and reveals as its own. */
export function replaysOtherDevice(prover: CardProver): ReplayPair {
  let heard: (roots: Uint8Array[]) => void = () => {};
  let overheard = new Promise<Uint8Array[]>((resolve) => {
    heard = resolve;
  });
  let engine = '';
  const victim: CardProver = {
    ...allOf(prover),
    async arm(shape) {
      engine = await prover.arm(shape);
      return engine;
    },
    async commit(seed, onProgress) {
      const roots = await prover.commit(seed, onProgress);
      heard(roots);
      overheard = Promise.resolve(roots);
      return roots;
    },
  };
  const replayer: CardProver = {
    ...allOf(prover),
    arm: async () => engine || simulatedEngine,
    commit: () => overheard,
    build: () => Promise.reject(new Error('There is no card.')),
    close: async () => {},
  };
  return { victim, replayer };
}
