import { describe, expect, it } from 'vitest';
import { enginesOn, proverOn } from '../card.js';
import { SimulatedChip } from '../chip.js';
import { plainLoops, seedOf, smallChip, smallShape } from '../testing/memory-exam.js';
import { VirtualClock } from '../testing/virtual-clock.js';
import { rentsOutTwice } from './rents-out-twice.js';

const openings = [{ round: 0, walker: 0 }];
const compute = { n: 256, layers: 1, pages: 64, rounds: 1 } as const;

describe('a card that is rented out twice', () => {
  it('serves the other customer from the sixth probe of a lease to the next exam, and at no other time', async () => {
    const clock = new VirtualClock();
    const tenant = new SimulatedChip(smallChip, clock).tenant();
    let others = 0;
    const prover = rentsOutTwice(proverOn(tenant, enginesOn(tenant, plainLoops)), () => {
      others += 1;
      return {
        stop() {
          others -= 1;
        },
      };
    });
    const arm = () => prover.arm(compute);
    const build = async () => {
      await Promise.all([prover.build(smallShape, seedOf('table'), () => {}), clock.runOut()]);
    };
    const probe = async () => {
      await Promise.all([prover.walk(seedOf('probe'), () => {}, 1), clock.runOut()]);
      await prover.revealWalk(openings);
      return others;
    };
    const probes = async (count: number) => {
      const served: number[] = [];
      for (let at = 0; at < count; at++) served.push(await probe());
      return served;
    };
    await arm();
    await build();
    expect(await probes(8)).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    await build();
    expect(await probes(7)).toEqual([0, 0, 0, 0, 1, 1, 1]);
    await arm();
    expect(others).toBe(0);
    await build();
    expect(await probes(6)).toEqual([0, 0, 0, 0, 0, 0]);
    await prover.close();
  });
});
