import { type Disputes, openDisputes } from './disputes/open-disputes.js';
import { sweepCards } from './exams/sweep-cards.js';
import { Pepper } from './hardware/pepper.js';
import type { Homes } from './homes/homes-service.js';
import type { Maintenance } from './maintenance/maintenance.js';
import type { Secrets } from './secrets/secrets.js';
import type { Services } from './services.js';
import type { Sweeps } from './sweeps/sweeps.js';

export interface DisputingParts
  extends Pick<
    Services,
    | 'options'
    | 'clock'
    | 'log'
    | 'clickhouse'
    | 'state'
    | 'hub'
    | 'devices'
    | 'recorder'
    | 'serial'
    | 'examiner'
    | 'leases'
  > {
  /** In [0, 1). */
  readonly uniform: () => number;
  readonly secrets: Pick<Secrets, 'derive'>;
  readonly homes: Homes;
  readonly maintenance: Maintenance;
  readonly sweeps: () => Sweeps;
}

/** Disputes, wired. @throws the record's errors */
export function openDisputing(parts: DisputingParts): Promise<Disputes> {
  const { options, clock, devices, examiner, leases, maintenance, secrets } = parts;
  const isLeased = (device: string) => leases.of(device) !== null;
  const asked = {
    clock,
    catalogue: options.catalogue,
    devices,
    isLeased,
    isPaused: (device: string) => maintenance.pausedNow(device),
  };
  return openDisputes({
    ...parts,
    pepper: new Pepper(secrets.derive('fingerprint-pepper', 'v1'), secrets.derive('fingerprint', 'v1')),
    isLeased,
    isReady: (device) => !examiner.examining(device) && sweepCards(asked, device, 'suspects') > 0,
    // Its plan is made anew: nothing is asked of a device in quarantine, and it is told.
    condemned: (device) => examiner.enrolled(device, false),
    ...(options.disputeTimes !== undefined && { times: options.disputeTimes }),
  });
}
