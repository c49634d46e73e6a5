import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReferenceEngine } from '../challenges/engines/reference.js';
import { createReferenceTableEngine } from '../challenges/engines/reference-table.js';
import {
  computeOperations,
  type MemoryShape,
  tableBytes,
  tableOperations,
  walkedBytes,
} from '../protocol/shapes.js';
import { sharedChip } from './cheats/shared-chip.js';
import { claimedModels } from './claims.js';
import { jitter } from './jitter.js';
import type { Cheat, ChipPlan } from './plan.js';
import { simulateFleet } from './suppliers.js';
import { VirtualClock } from './testing/virtual-clock.js';

const shape = { n: 256, layers: 1, pages: 64, rounds: 2 } as const;
const seed = createHash('sha256').update('a question').digest();
const table = {
  ...{ n: 256, layers: 2, banks: 2, bankPages: 32, rounds: 2, walkers: 4, steps: 8 },
} as const satisfies MemoryShape;
/** A second for the compute exam, a second for a table, a second for the walk; room for one table. */
const chip = {
  opsPerSecond: computeOperations(shape),
  tableOpsPerSecond: tableOperations(table),
  bytesPerSecond: walkedBytes(table),
  memoryBytes: tableBytes(table),
};
const pauseSeconds = 7;
const claims = claimedModels['RTX 4090'];
const host = { compute: createReferenceEngine(), table: createReferenceTableEngine() };

/** Seconds that each supplier of the chips takes from seed to commit, all asked at the same instant. */
async function secondsToCommit(chips: ChipPlan[]): Promise<number[]> {
  const clock = new VirtualClock();
  const fleet = simulateFleet({ seed: 'any', spread: 0, chips }, { host, random: randomBytes, clock });
  const times = Promise.all(
    fleet.map(async ({ prover }) => {
      await prover.arm(shape);
      await prover.commit(seed, () => {});
      return clock.monotonic() / 1000;
    }),
  );
  await clock.runOut();
  return times;
}

/** Seconds that each takes to build, and then to walk. The reason in place of the times where it can't. */
async function secondsWithTable(chips: ChipPlan[]): Promise<(readonly [number, number] | string)[]> {
  const clock = new VirtualClock();
  const fleet = simulateFleet({ seed: 'any', spread: 0, chips }, { host, random: randomBytes, clock });
  const times = Promise.all(
    fleet.map(async ({ prover }) => {
      try {
        await prover.build(table, seed, () => {});
      } catch (error) {
        return (error as { code: string }).code;
      }
      const built = clock.monotonic() / 1000;
      // Others build longer; the chip's time until then is nobody's.
      await new Promise<void>((resolve) => void clock.alarm(pauseSeconds * 1000, resolve));
      await prover.walk(seed, () => {});
      return [built, clock.monotonic() / 1000 - built - pauseSeconds] as const;
    }),
  );
  await clock.runOut();
  return times;
}

const lone = (cheat?: Cheat): ChipPlan => ({
  ...chip,
  identities: [{ name: 'a', claims, ...(cheat && { cheat }) }],
});

describe('simulated suppliers', () => {
  it('take the time that their chip needs', async () => {
    expect(await secondsToCommit([lone(), { ...lone(), opsPerSecond: chip.opsPerSecond / 4 }])).toEqual([
      1, 4,
    ]);
  });

  it('take k times as long when k share a chip, and all the same', async () => {
    const times = await secondsToCommit([sharedChip(['a', 'b', 'c', 'd'], claims, chip)]);
    for (const time of times) expect(time).toBeCloseTo(4);
  });

  it('wait for their turn on a chip that serves its first identity first', async () => {
    const shared = sharedChip(['a', 'b', 'c'], claims, chip, 'first identity first');
    const [first, second, third] = await secondsToCommit([shared]);
    expect(first).toBeCloseTo(1);
    expect(second).toBeCloseTo(2);
    expect(third).toBeCloseTo(3);
  });

  it('save the time of the pages that they do not compute', async () => {
    const [time] = await secondsToCommit([lone({ kind: 'computes fraction', fraction: 0.5 })]);
    expect(time).toBeCloseTo(0.5);
  });

  it('take the time that building and reading a table needs', async () => {
    const slow = {
      ...lone(),
      tableOpsPerSecond: chip.tableOpsPerSecond / 3,
      bytesPerSecond: chip.bytesPerSecond / 2,
    };
    const [[build, walk], [slowBuild, slowWalk]] = (await secondsWithTable([lone(), slow])) as [
      number,
      number,
    ][] as [[number, number], [number, number]];
    expect(build).toBeCloseTo(1);
    expect(walk).toBeCloseTo(1);
    expect(slowBuild).toBeCloseTo(3);
    expect(slowWalk).toBeCloseTo(2);
  });

  it('have room for one table on a chip that has room for one', async () => {
    const [first, second] = await secondsWithTable([sharedChip(['a', 'b'], claims, chip)]);
    expect(first).not.toBe('engine.out-of-memory');
    expect(second).toBe('engine.out-of-memory');
  });

  it('wait for slower memory where they keep half of their table in it', async () => {
    const [times] = await secondsWithTable([lone({ kind: 'spills table', fraction: 0.5, slower: 20 })]);
    expect(times?.[1]).toBeCloseTo(10);
  });

  it('claim the same things in the same words, honest or not', () => {
    const cheats: (Cheat | undefined)[] = [
      undefined,
      { kind: 'computes fraction', fraction: 0.6 },
      { kind: 'answers last challenge' },
      { kind: 'spills table', fraction: 0.5, slower: 20 },
    ];
    const fleet = simulateFleet(
      { seed: 'any', spread: 0, chips: cheats.map(lone) },
      { host, random: randomBytes },
    );
    const ids = fleet.map(({ claim: { hardwareId } }) => hardwareId);
    expect(new Set(ids).size).toBe(fleet.length);
    for (const { claim } of fleet) {
      const { hardwareId, ...rest } = claim;
      expect(hardwareId).toMatch(/^GPU-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      expect({ ...rest }).toEqual({ ...fleet[0]?.claim, hardwareId: undefined });
    }
  });
});

describe('the deviation of a card', () => {
  it('is within its spread, and the same for the same card', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.string(),
        fc.double({ min: 0, max: 0.3, noNaN: true }),
        (seed, card, spread) => {
          const factor = jitter(seed, card, spread);
          expect(Math.abs(factor - 1)).toBeLessThanOrEqual(spread + 1e-12);
          expect(jitter(seed, card, spread)).toBe(factor);
        },
      ),
    );
  });
});
