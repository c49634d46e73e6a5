import type { CardProver } from '../agent/exam/prover.js';
import type { RandomBytes } from '../protocol/clock.js';
import type { CardClaim } from '../protocol/messages/cards.js';
import { type Engines, enginesOn, proverOn } from './card.js';
import { computesFraction } from './cheats/computes-fraction.js';
import { ForeignTenant } from './cheats/double-sells.js';
import { spillsMissing } from './cheats/keeps-part.js';
import { answersLastChallenge } from './cheats/last-challenge.js';
import { rentsOutTwice } from './cheats/rents-out-twice.js';
import { type AlarmClock, type ChipTenant, fasterBy, SimulatedChip, systemAlarmClock } from './chip.js';
import { claimGpu } from './claims.js';
import { jitter } from './jitter.js';
import type { Cheat, ChipPlan, FleetPlan, IdentityPlan } from './plan.js';
import { evenly, lowestFirst } from './sharing.js';

/** What stands behind one simulated device: all that the real agent needs besides a key. */
export interface SimulatedSupplier {
  readonly name: string;
  readonly claim: CardClaim;
  readonly prover: CardProver;
  /** What it says of how busy it is: no tenant of a simulation does anything. */
  readonly load: () => Promise<number>;
}

/** What simulated suppliers run on. */
export interface Surroundings {
  /** Does the real work of all chips. */
  readonly host: Engines;
  readonly random: RandomBytes;
  /** The system's when absent. */
  readonly clock?: AlarmClock;
}

/** The suppliers of a fleet, in the order of the plan. Chips keep no thread or handle: nothing is to be closed. */
export function simulateFleet(plan: FleetPlan, surroundings: Surroundings): SimulatedSupplier[] {
  return plan.chips.flatMap((chip) => simulateChip(plan, chip, surroundings));
}

function simulateChip(fleet: FleetPlan, plan: ChipPlan, surroundings: Surroundings): SimulatedSupplier[] {
  const deviation = jitter(fleet.seed, plan.identities[0]?.name ?? '', fleet.spread);
  const clock = surroundings.clock ?? systemAlarmClock;
  const figures = fasterBy(plan, deviation);
  const share = plan.share === 'first identity first' ? lowestFirst : evenly;
  const chip = new SimulatedChip({ ...figures, share }, clock);
  /** Somebody else's work on the same chip, in bursts that are short beside a walk. */
  const foreign: Foreign = (busy) => {
    const bytes = (figures.bytesPerSecond * burstMs) / 1000;
    return new ForeignTenant(chip.tenant(), clock, { burst: { bytes }, restMs: burstMs * (1 / busy - 1) });
  };
  return plan.identities.map((identity) => simulateIdentity(identity, chip.tenant(), surroundings, foreign));
}

/** @param busy share of the chip's time that it takes where nobody else wants it, more than 0 and at most 1 */
type Foreign = (busy: number) => ForeignTenant;

const burstMs = 10;

function simulateIdentity(
  { name, claims, cheat }: IdentityPlan,
  tenant: ChipTenant,
  { host, random }: Surroundings,
  foreign: Foreign,
): SimulatedSupplier {
  const prover = proverOf(cheat, tenant, host, random, foreign);
  return { name, claim: claimGpu(claims, random), prover, load: async () => 0 };
}

function proverOf(
  cheat: Cheat | undefined,
  tenant: ChipTenant,
  host: Engines,
  random: RandomBytes,
  foreign: Foreign,
): CardProver {
  const engines = enginesOn(tenant, host);
  switch (cheat?.kind) {
    case undefined:
      return proverOn(tenant, engines);
    case 'computes fraction': {
      const compute = computesFraction(engines.compute, cheat.fraction, random);
      return proverOn(tenant, { ...engines, compute });
    }
    case 'answers last challenge':
      return answersLastChallenge(proverOn(tenant, engines), random(32));
    case 'spills table': {
      const keeping = spillsMissing(cheat.fraction, cheat.slower);
      return proverOn(tenant, enginesOn(tenant, host, { keeping }));
    }
    case 'rents out twice':
      return rentsOutTwice(proverOn(tenant, engines), () => foreign(cheat.share));
  }
}
