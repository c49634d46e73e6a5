import { claimsBigger } from '../simulator/cheats/claims-bigger.js';
import { sharedChip } from '../simulator/cheats/shared-chip.js';
import { fasterBy } from '../simulator/chip.js';
import { type ClaimedName, claimedModels } from '../simulator/claims.js';
import type { Cheat, ChipPlan, FleetPlan } from '../simulator/plan.js';
import type { ScaledCatalogue } from '../simulator/scaled-catalogue.js';
import type { LeaseTruth, Truth } from './verdict.js';

/** A device of the demo and what only the demo knows of it. */
export interface Member {
  readonly name: string;
  readonly truth: Truth;
  /** What it really is, for the table at the end. */
  readonly is: string;
  /** Present where the demo leases it: whether it is its tenant's alone. */
  readonly lease?: LeaseTruth;
  /** Comes when the others are in their exam, so that nobody who is leased waits for it. */
  readonly later?: true;
}

export interface DemoFleet {
  readonly members: readonly Member[];
  readonly plan: FleetPlan;
}

/** The models of one performance, from fast to slow. */
export interface Cast {
  readonly star: ClaimedName;
  readonly second: ClaimedName;
  /** About half as fast as the star. */
  readonly third: ClaimedName;
}

const casts: readonly Cast[] = [
  { star: 'RTX 4090', second: 'RTX 3090', third: 'RTX A5000' },
  { star: 'H100 SXM5 80GB', second: 'A100 SXM4 80GB', third: 'A40' },
];

/**
 * A cast of which this machine has no card: simulated models run at a small scale, and so does what is expected of
 * them, so a real card of one of them would be faster than its physics.
 *
 * @param own what this machine's driver calls its cards
 */
export function castWithout(own: readonly string[]): Cast {
  const isOwn = (model: ClaimedName) => own.includes(claimedModels[model].model);
  return casts.find((cast) => !Object.values(cast).some(isOwn)) ?? (casts[0] as Cast);
}

/**
 * The simulated suppliers of the demo. Their names say nothing of what they are.
 *
 * @param world what an honest card of a model claims and does here
 */
export function demoFleet(
  { star, second, third }: Cast,
  world: Pick<ScaledCatalogue, 'claimed' | 'chip'>,
): DemoFleet {
  const claims = world.claimed(star);
  const chip = world.chip(star);
  const honest = (name: string, model: ClaimedName): Entry => ({
    chip: { ...world.chip(model), identities: [{ name, claims: world.claimed(model) }] },
    truth: 'honest',
    is: `a genuine ${model}`,
  });
  const shared = ['flint', 'garnet', 'heron', 'iris'];
  const lazy: Cheat = { kind: 'computes fraction', fraction: 0.6 };
  const twice: Cheat = { kind: 'rents out twice', share: 0.9 };
  const spilling: Cheat = { kind: 'spills table', fraction: 0.5, slower: 20 };
  // It makes pages as the star does: all others would wait for its table.
  const slow = { ...world.chip(third), tableOpsPerSecond: chip.tableOpsPerSecond };
  const entries: Entry[] = [
    { ...honest('alder', star), lease: 'honest' },
    honest('basalt', second),
    { ...honest('cobalt', third), later: true },
    {
      chip: claimsBigger('dune', claims, slow),
      truth: 'fake',
      is: `really the slower ${third}`,
      later: true,
    },
    {
      chip: { ...fasterBy(chip, 0.6), identities: [{ name: 'elm', claims, cheat: lazy }] },
      truth: 'fake',
      is: 'slower and computes 60 % of its pages',
    },
    {
      chip: sharedChip(shared, claims, chip),
      truth: 'fake',
      is: `one of ${shared.length} on one ${star}`,
      later: true,
    },
    {
      chip: { ...chip, identities: [{ name: 'jasper', claims, cheat: spilling }] },
      truth: 'fake',
      is: 'holding half of its table in memory that is 20 times slower',
      later: true,
    },
    {
      chip: { ...chip, identities: [{ name: 'kestrel', claims, cheat: twice }] },
      truth: 'honest',
      is: `a genuine ${star} that serves another customer while it is leased`,
      lease: 'sold twice',
    },
  ];
  return {
    members: entries.flatMap(({ chip: { identities }, ...member }) =>
      identities.map(({ name }) => ({ name, ...member })),
    ),
    plan: { seed: 'touchstone demo', spread: 0.03, chips: entries.map((entry) => entry.chip) },
  };
}

interface Entry extends Omit<Member, 'name'> {
  readonly chip: ChipPlan;
}
