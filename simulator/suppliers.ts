import type { CardProver } from '../agent/exam/prover.js';
import type { ComputeEngine } from '../challenges/engines/engine.js';
import type { RandomBytes } from '../protocol/clock.js';
import type { CardClaim } from '../protocol/messages/cards.js';
import { computesFraction } from './cheats/computes-fraction.js';
import { answersLastChallenge } from './cheats/last-challenge.js';
import { type AlarmClock, type ChipTenant, SimulatedChip, systemAlarmClock } from './chip.js';
import { claimedModels, claimGpu } from './claims.js';
import { ChipEngine } from './engine.js';
import { EngineProver } from './engine-prover.js';
import { jitter } from './jitter.js';
import type { Cheat, ChipPlan, FleetPlan, IdentityPlan } from './plan.js';
import { evenly, lowestFirst } from './sharing.js';

/** What stands behind one simulated device: all that the real agent needs besides a key. */
export interface SimulatedSupplier {
  readonly name: string;
  readonly claim: CardClaim;
  readonly prover: CardProver;
}

/** What simulated suppliers run on. */
export interface Surroundings {
  /** Does the real work of all chips. */
  readonly host: ComputeEngine;
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
  const chip = new SimulatedChip(
    {
      opsPerSecond: plan.opsPerSecond * deviation,
      memoryBytes: plan.memoryBytes,
      share: plan.share === 'first identity first' ? lowestFirst : evenly,
    },
    surroundings.clock ?? systemAlarmClock,
  );
  return plan.identities.map((identity) => simulateIdentity(identity, chip.tenant(), surroundings));
}

function simulateIdentity(
  { name, claims, cheat }: IdentityPlan,
  tenant: ChipTenant,
  { host, random }: Surroundings,
): SimulatedSupplier {
  const claim = claimGpu(claimedModels[claims], random);
  const engine = new ChipEngine(claim.engine ?? 'onnx-cuda', tenant, host);
  return { name, claim, prover: cheat ? cheatingProver(cheat, engine, random) : new EngineProver(engine) };
}

function cheatingProver(cheat: Cheat, engine: ComputeEngine, random: RandomBytes): CardProver {
  switch (cheat.kind) {
    case 'computes fraction':
      return new EngineProver(computesFraction(engine, cheat.fraction, random));
    case 'answers last challenge':
      return answersLastChallenge(new EngineProver(engine), random(32));
  }
}
