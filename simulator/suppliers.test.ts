import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReferenceEngine } from '../challenges/engines/reference.js';
import { computeOperations } from '../protocol/shapes.js';
import { sharedChip } from './cheats/shared-chip.js';
import { jitter } from './jitter.js';
import type { Cheat, ChipPlan } from './plan.js';
import { simulateFleet } from './suppliers.js';
import { VirtualClock } from './testing/virtual-clock.js';

const shape = { n: 256, layers: 1, pages: 64, rounds: 2 } as const;
const seed = createHash('sha256').update('a question').digest();
const chip = { opsPerSecond: computeOperations(shape), memoryBytes: 2 ** 30 };

/** Seconds that each supplier of the chips takes from seed to commit, all asked at the same instant. */
async function secondsToCommit(chips: ChipPlan[]): Promise<number[]> {
  const clock = new VirtualClock();
  const fleet = simulateFleet(
    { seed: 'any', spread: 0, chips },
    { host: createReferenceEngine(), random: randomBytes, clock },
  );
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

const lone = (cheat?: Cheat): ChipPlan => ({
  ...chip,
  identities: [{ name: 'a', claims: 'RTX 4090', ...(cheat && { cheat }) }],
});

describe('simulated suppliers', () => {
  it('take the time that their chip needs', async () => {
    expect(await secondsToCommit([lone(), { ...lone(), opsPerSecond: chip.opsPerSecond / 4 }])).toEqual([
      1, 4,
    ]);
  });

  it('take k times as long when k share a chip, and all the same', async () => {
    const times = await secondsToCommit([sharedChip(['a', 'b', 'c', 'd'], 'RTX 4090', chip)]);
    for (const time of times) expect(time).toBeCloseTo(4);
  });

  it('wait for their turn on a chip that serves its first identity first', async () => {
    const shared = sharedChip(['a', 'b', 'c'], 'RTX 4090', chip, 'first identity first');
    const [first, second, third] = await secondsToCommit([shared]);
    expect(first).toBeCloseTo(1);
    expect(second).toBeCloseTo(2);
    expect(third).toBeCloseTo(3);
  });

  it('save the time of the pages that they do not compute', async () => {
    const [time] = await secondsToCommit([lone({ kind: 'computes fraction', fraction: 0.5 })]);
    expect(time).toBeCloseTo(0.5);
  });

  it('claim the same things in the same words, honest or not', () => {
    const cheats: (Cheat | undefined)[] = [
      undefined,
      { kind: 'computes fraction', fraction: 0.6 },
      { kind: 'answers last challenge' },
    ];
    const fleet = simulateFleet(
      { seed: 'any', spread: 0, chips: cheats.map(lone) },
      { host: createReferenceEngine(), random: randomBytes },
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
