import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { CardProver } from '../../agent/exam/prover.js';
import { enginesOn, proverOn } from '../card.js';
import { SimulatedChip } from '../chip.js';
import type { TableKeeping } from '../table-engine.js';
import { examineMemory, plainLoops, seedOf, smallChip, smallShape } from '../testing/memory-exam.js';
import { VirtualClock } from '../testing/virtual-clock.js';
import { betterKernels } from './better-kernels.js';
import { downgradedTable, dropsLowBits, halvesRank, skipsLayers } from './downgrades.js';
import { feignsError, goesSilentOnGuesses } from './goes-silent-on-bad-openings.js';
import { Guesses, guessesMissing } from './guesses-walks.js';
import { keepsDigests } from './keeps-digests.js';
import { recomputesMissing, spillsMissing } from './keeps-part.js';
import { walksOtherTable } from './other-table.js';
import { rebuildsOnGo } from './rebuilds-on-go.js';
import { swapTables } from './swaps-tables.js';

const junk = (length: number): Uint8Array => {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, at) =>
    createHash('sha256').update(`junk ${at}`).digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
};

/** What the verifier finds wrong with one that has a chip of the class to itself. */
async function alone(make: (chip: SimulatedChip) => CardProver): Promise<string[]> {
  const clock = new VirtualClock();
  const [verdict] = await examineMemory(clock, [make(new SimulatedChip(smallChip, clock))]);
  return verdict as string[];
}

const keeping = (how?: TableKeeping) => (chip: SimulatedChip) => {
  const tenant = chip.tenant();
  return proverOn(tenant, enginesOn(tenant, plainLoops, how && { keeping: how }));
};

describe('a table that is kept as it should be', () => {
  it('passes', async () => {
    expect(await alone(keeping())).toEqual([]);
  });
});

describe('a table of which a part is missing', () => {
  it.each([0.99, 0.95, 0.5])(
    'is walked too slowly where %f of it is kept and the rest made again',
    async (kept) => {
      expect(await alone(keeping(recomputesMissing(kept)))).toEqual(['bandwidth.below-class']);
    },
  );

  it('is walked too slowly where half of it lies in memory that is 20 times slower', async () => {
    expect(await alone(keeping(spillsMissing(0.5, 20)))).toEqual(['bandwidth.below-class']);
  });

  it('may lie elsewhere by as much as can be read there meanwhile, which is a few hundredths', async () => {
    expect(await alone(keeping(spillsMissing(0.97, 75)))).toEqual([]);
    expect(await alone(keeping(spillsMissing(0.95, 75)))).toEqual(['bandwidth.below-class']);
    expect(await alone(keeping(spillsMissing(0.8, 20)))).toEqual(['bandwidth.below-class']);
  });

  it('is walked too slowly from its digests, and too slowly when it is built on go', async () => {
    expect(await alone(keeping(keepsDigests))).toEqual(['bandwidth.below-class']);
    expect(await alone(keeping(rebuildsOnGo()))).toEqual(['bandwidth.below-class']);
  });

  it('leads to other ends where what is missing is guessed', async () => {
    const guessing = (fraction: number) =>
      alone((chip) => {
        const tenant = chip.tenant();
        const engines = enginesOn(tenant, plainLoops);
        return proverOn(tenant, { ...engines, table: guessesMissing(engines.table, fraction, junk) });
      });
    expect(await guessing(1)).toEqual([]);
    expect(await guessing(0.5)).toEqual(['proof.wrong-walk']);
  });
});

describe('a prover that knows which of its walkers are guesses', () => {
  it('shows the others, of its last walk, and evades where one of those is asked for', async () => {
    const clock = new VirtualClock();
    const tenant = new SimulatedChip(smallChip, clock).tenant();
    const engines = enginesOn(tenant, plainLoops);
    const guesses = new Guesses();
    let random = junk;
    const guessing = guessesMissing(engines.table, 0.99, (length) => random(length), guesses);
    const prover = goesSilentOnGuesses(
      proverOn(tenant, { ...engines, table: guessing }),
      guesses,
      feignsError,
    );
    await Promise.all([prover.build(smallShape, seedOf('table'), () => {}), clock.runOut()]);
    /** Of all walkers of a later round. */
    const answers = async (): Promise<string> => {
      await Promise.all([prover.walk(seedOf('walk'), () => {}), clock.runOut()]);
      const all = Array.from({ length: smallShape.walkers }, (_, walker) =>
        prover.revealWalk([{ round: 1, walker }]).then(
          () => 'shown ',
          () => 'evaded ',
        ),
      );
      return (await Promise.all(all)).join('');
    };
    const first = await answers();
    expect(first).toContain('evaded');
    expect(first.split('evaded').length - 1).toBeLessThan(
      3 * smallShape.walkers * (1 - 0.99 ** smallShape.steps),
    );
    random = (length) => new Uint8Array(length);
    expect(await answers()).not.toContain('evaded');
  });
});

describe('another table than the one asked for', () => {
  it('leads to other ends where it is of another seed', async () => {
    const prover = (chip: SimulatedChip) => walksOtherTable(keeping()(chip), seedOf('table of another'));
    expect(await alone(prover)).toEqual(['proof.wrong-walk']);
  });

  it.each([
    ['weights without their lowest bit', dropsLowBits(1)],
    ['half of the columns', halvesRank],
    ['a layer less', skipsLayers(1)],
  ])('leads to other ends where it is made with %s', async (_, downgrade) => {
    expect(smallShape.layers).toBeGreaterThan(1);
    const prover = (chip: SimulatedChip) => {
      const tenant = chip.tenant();
      const engines = enginesOn(tenant, plainLoops);
      return proverOn(tenant, { ...engines, table: downgradedTable(engines.table, downgrade) });
    };
    expect(await alone(prover)).toEqual(['proof.wrong-walk']);
  });
});

describe('identities on one chip', () => {
  const both = async (make: (chip: SimulatedChip) => readonly CardProver[], memoryBytes: number) => {
    const clock = new VirtualClock();
    return examineMemory(clock, make(new SimulatedChip({ ...smallChip, memoryBytes }, clock)));
  };
  const twice = (chip: SimulatedChip) => [keeping()(chip), keeping()(chip)];

  it('can hold one table where there is room for one', async () => {
    expect(await both(twice, smallChip.memoryBytes)).toEqual([[], ['engine.out-of-memory']]);
  });

  it('can hold one where the kernels are good for three', async () => {
    const clock = new VirtualClock();
    const chip = new SimulatedChip(betterKernels(smallChip, 3), clock);
    const verdicts = await examineMemory(clock, [...twice(chip), keeping()(chip)]);
    expect(verdicts).toEqual([[], ['engine.out-of-memory'], ['engine.out-of-memory']]);
  });

  it('let one pass at most where they swap their tables', async () => {
    const swapping = (chip: SimulatedChip) => {
      const swap = swapTables(20);
      return [chip.tenant(), chip.tenant()].map((tenant) =>
        swap(proverOn(tenant, enginesOn(tenant, plainLoops)), tenant),
      );
    };
    const verdicts = await both(swapping, smallChip.memoryBytes);
    expect(verdicts.filter((verdict) => verdict.length === 0).length).toBeLessThanOrEqual(1);
    expect(verdicts).toContainEqual(['bandwidth.below-class']);
  });
});
