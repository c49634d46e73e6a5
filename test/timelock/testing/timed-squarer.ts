import { setTimeout as sleep } from 'node:timers/promises';
import type { Squarer } from '../../../challenges/engines/squarer.js';
import type { Trapdoor } from '../../../challenges/timelock/trapdoor.js';

/** A machine that squares so fast: right solutions, handed out when it would have had time for them. It costs the test none. */
export function timedSquarer(trapdoor: Trapdoor, perSecond: number): Squarer {
  return {
    name: 'timed',
    async square(_modulus, base, squarings, signal) {
      await sleep((squarings / perSecond) * 1000, undefined, { signal });
      return trapdoor.power(squarings)(base);
    },
    close: async () => {},
  };
}
