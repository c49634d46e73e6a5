import type { SolanaBeacon } from './beacon/solana.js';
import { sweepCards } from './exams/sweep-cards.js';
import type { Homes } from './homes/homes-service.js';
import type { Journal } from './journal/journal.js';
import type { Maintenance } from './maintenance/maintenance.js';
import type { Secrets } from './secrets/secrets.js';
import type { Services } from './services.js';
import { openSweeps, type Sweeps } from './sweeps/sweeps.js';

export interface SweepingParts
  extends Pick<
    Services,
    | 'options'
    | 'clock'
    | 'random'
    | 'log'
    | 'clickhouse'
    | 'state'
    | 'hub'
    | 'devices'
    | 'recorder'
    | 'shipper'
    | 'examiner'
    | 'leases'
    | 'metrics'
  > {
  /** In [0, 1). */
  readonly uniform: () => number;
  readonly journal: Journal;
  readonly secrets: Secrets;
  readonly homes: Homes;
  readonly maintenance: Maintenance;
  readonly beacon: SolanaBeacon | null;
}

/** Sweeps, wired. */
export function openSweeping(parts: SweepingParts): Sweeps {
  const {
    options,
    clock,
    devices,
    journal,
    shipper,
    secrets,
    examiner,
    leases,
    maintenance,
    beacon,
    metrics,
  } = parts;
  const asked = {
    clock,
    catalogue: options.catalogue,
    devices,
    isLeased: (device: string) => leases.of(device) !== null,
    isPaused: (device: string) => maintenance.pausedNow(device),
  };
  return openSweeps({
    ...parts,
    exams: examiner,
    shipping: { end: () => journal.durableEnd, has: (place) => shipper.has(place) },
    derive: (purpose, id) => secrets.derive(purpose, id),
    beacon: async () => (await beacon?.latest()) ?? null,
    cardsFor: (device, kind) => sweepCards(asked, device, kind),
    settings: options,
    ...(options.sweepTimes !== undefined && { times: options.sweepTimes }),
    observe: (sweep) => metrics.fleet.sweepFinished(sweep),
  });
}
