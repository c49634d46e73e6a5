import { describe, expect, it } from 'vitest';
import type { CardProver } from '../../agent/exam/prover.js';
import { walkedBytes } from '../../protocol/shapes.js';
import { probeRounds } from '../../scoring/catalogue/probe-rounds.js';
import { leaseFigures } from '../../scoring/formula/v1/lease/figures.js';
import { receiptVerdict } from '../../scoring/formula/v1/lease/verdict.js';
import { idleBaselineMs, probeDeadlineMs } from '../../scoring/judge/probe.js';
import { enginesOn, proverOn } from '../card.js';
import { SimulatedChip } from '../chip.js';
import { plainLoops, seedOf, smallChip, smallClass, smallShape } from '../testing/memory-exam.js';
import { VirtualClock } from '../testing/virtual-clock.js';
import {
  answersNoSooner,
  ForeignTenant,
  type ForeignWork,
  sellsMemory,
  yieldsToProbes,
} from './double-sells.js';

const rounds = probeRounds(smallClass, smallShape, null);
const probe = { ...smallShape, rounds };
const aloneMs = walkedBytes(probe) / (smallChip.bytesPerSecond / 1000);
const openings = [{ round: 0, walker: 0 }];

/** Work of the other customer that would keep the chip busy for so long. */
const work = (milliseconds: number) => ({ bytes: (smallChip.bytesPerSecond * milliseconds) / 1000 });

/** How an owner answers instead, who can hold the other customer's work back. */
type Wrap = (
  prover: CardProver,
  foreign: Pick<ForeignTenant, 'pause' | 'resume'>,
  clock: VirtualClock,
) => CardProver;

/** Times of so many probes on the table of one card, with the other customer's work in between, milliseconds. */
async function probeTimes(
  count: number,
  { foreign, wrap = (prover) => prover }: { foreign?: ForeignWork; wrap?: Wrap } = {},
): Promise<number[]> {
  const clock = new VirtualClock();
  const chip = new SimulatedChip(smallChip, clock);
  const tenant = chip.tenant();
  let other: ForeignTenant | undefined;
  const prover = wrap(
    proverOn(tenant, enginesOn(tenant, plainLoops)),
    {
      pause: () => other?.pause(),
      resume: () => other?.resume(),
    },
    clock,
  );
  await Promise.all([prover.build(smallShape, seedOf('table'), () => {}), clock.runOut()]);
  if (foreign) other = new ForeignTenant(chip.tenant(), clock, foreign);
  const times: number[] = [];
  const probes = async () => {
    for (let at = 0; at < count; at++) {
      // Of no simple relation to any burst.
      await new Promise<void>((resolve) => void clock.alarm(1234.5 + at * 77.7, resolve));
      const asked = clock.monotonic();
      await prover.walk(seedOf(`probe ${at}`), () => {}, rounds);
      times.push(clock.monotonic() - asked);
      await prover.revealWalk(openings);
    }
    other?.stop();
  };
  await Promise.all([probes(), clock.runOut()]);
  return times;
}

/** What the receipt of an hour says of a card whose tenant was idle. */
function verdictOf(times: readonly number[], baselineMs: number): string {
  const entries = times.map((elapsedMs, at) => ({
    ...({ kind: 'probe', at: (at + 1) * 180_000, outcome: 'passed', code: 'probe.passed' } as const),
    ...{ elapsedMs, load: 0, outage: null },
  }));
  const course = { from: 0, to: 3600_000, entries, baselineMs, ours: [], endProven: true };
  const exam = { outcome: 'passed' as const, reasons: [] };
  const card = { handOver: exam, return: exam, entries, ...leaseFigures(course, []) };
  return receiptVerdict([card], true).outcome;
}

const baseline = async () => idleBaselineMs(await probeTimes(5)) ?? 0;

describe('a leased card', () => {
  it('takes as long for each probe as its memory says, and is whole', async () => {
    const times = await probeTimes(19);
    for (const time of times) expect(time).toBeCloseTo(aloneMs, 3);
    expect(verdictOf(times, await baseline())).toBe('whole');
  });
});

describe('a card that was sold twice', () => {
  it('finds a card contended beside which even work goes on, or long bursts for most of the time', async () => {
    const even = await probeTimes(19, { foreign: { burst: work(2), restMs: 3 } });
    expect(verdictOf(even, await baseline())).toBe('contended');
    const bursts = await probeTimes(19, { foreign: { burst: work(4000), restMs: 600 } });
    expect(verdictOf(bursts, await baseline())).toBe('contended');
  });

  it('misses work that is a tenth of the card', async () => {
    const times = await probeTimes(19, { foreign: { burst: work(1), restMs: 9 } });
    expect(verdictOf(times, await baseline())).toBe('whole');
  });

  it('misses one whose owner holds the work back while a probe runs', async () => {
    const times = await probeTimes(19, {
      foreign: { burst: work(2), restMs: 3 },
      wrap: yieldsToProbes,
    });
    expect(verdictOf(times, await baseline())).toBe('whole');
  });

  it('misses one whose owner answers no sooner than he could beside the other work: as far as the deadline lets him', async () => {
    const deadline = probeDeadlineMs({ cardClass: smallClass, shape: smallShape, rounds, ownMs: [] });
    const foreign = { burst: work(2), restMs: 0.001 };
    const slowly = (milliseconds: number) => {
      const wrap: Wrap = (prover, _, clock) => answersNoSooner(prover, clock, milliseconds);
      return { alone: () => probeTimes(5, { wrap }), beside: () => probeTimes(19, { foreign, wrap }) };
    };
    const hidden = slowly(2.1 * aloneMs);
    expect(2.1 * aloneMs).toBeLessThan(deadline);
    expect(verdictOf(await hidden.beside(), idleBaselineMs(await hidden.alone()) ?? 0)).toBe('whole');
    for (const time of await slowly(deadline + 1).alone()) expect(time).toBeGreaterThan(deadline);
  });

  it('is too late where its memory was sold in between', async () => {
    // The first one still finds the table of the exam.
    const [first, ...others] = await probeTimes(3, { wrap: sellsMemory });
    const deadline = probeDeadlineMs({ cardClass: smallClass, shape: smallShape, rounds, ownMs: [] });
    expect(first).toBeLessThan(deadline);
    expect(others).toHaveLength(2);
    for (const time of others) expect(time).toBeGreaterThan(deadline);
  });
});
