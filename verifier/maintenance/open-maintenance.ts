import { windowsSince } from '../../scoring/queries/maintenance.js';
import type { Services } from '../services.js';
import { Maintenance, type MaintenanceOptions } from './maintenance.js';
import { capSpanMs } from './window-rules.js';

/** Takes up all windows that are on record. @throws the record's errors */
export async function openMaintenance(
  parts: Pick<Services, 'options' | 'clock' | 'random' | 'clickhouse' | 'devices' | 'recorder' | 'serial'> &
    Pick<MaintenanceOptions, 'leaseOf'>,
): Promise<Maintenance> {
  const { options, clock, clickhouse } = parts;
  return new Maintenance({
    ...parts,
    windows: await windowsSince(clickhouse, clock.now() - capSpanMs),
    rules: { aheadMs: options.maintenanceAheadMs, mostMs: options.maintenanceMs },
  });
}
