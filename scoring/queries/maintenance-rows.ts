import type {
  MaintenanceDeclaredFact,
  MaintenanceEndedFact,
  QuietDeclaredFact,
} from '../facts/maintenance.js';
import { type Placed, seconds } from './placed.js';

const minuteMs = 60_000;

/** The first minute that begins at or after an instant. */
const minuteFrom = (at: number): number => Math.ceil(at / minuteMs);

/** A row of `maintenance`. */
export function maintenanceRow([fact, position]: Placed<
  MaintenanceDeclaredFact | MaintenanceEndedFact | QuietDeclaredFact
>): object {
  const { id, device, kind, at, by, to } = fact;
  const ended = fact.kind === 'maintenance.ended';
  return {
    id,
    time_window: ended ? fact.window : id,
    device,
    kind,
    at: seconds(at),
    position,
    first: ended ? 0 : minuteFrom(fact.from),
    until: minuteFrom(to),
    reason: ended ? '' : fact.reason,
    declared_by: by,
  };
}
