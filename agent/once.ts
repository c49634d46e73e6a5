import type { DeviceStatus } from '../protocol/status.js';
import type { SupplierEvent } from './connection/events.js';

/** Longest wait for the status that follows the last verdict. */
const graceMs = 10_000;

/** Statuses in which an exam's outcome is still to be decided. */
const undecided: ReadonlySet<DeviceStatus> = new Set(['enrolled', 'examining']);

/**
 * Watches a supplier until every card of one exam has its verdict and the device its status.
 *
 * @param done called once, with the status that followed, or the last one known when none does in time
 * @returns takes one event after the other
 */
export function afterFirstVerdicts(
  done: (status: DeviceStatus | null) => void,
): (event: SupplierEvent) => void {
  const armed = new Map<string, Set<number>>();
  let status: DeviceStatus | null = null;
  let complete = false;
  let over = false;
  const finish = (): void => {
    if (!over) done(status);
    over = true;
  };
  return (event) => {
    if (event.type === 'exam.armed') {
      const cards = armed.get(event.exam) ?? new Set();
      armed.set(event.exam, cards.add(event.card));
    }
    if (event.type === 'exam.verdict') {
      const open = armed.get(event.exam);
      open?.delete(event.card);
      if (open?.size === 0 && !complete) {
        complete = true;
        setTimeout(finish, graceMs).unref();
      }
    }
    if (event.type === 'connection.status') status = event.status;
    // The status may come just before the last verdict or just after it.
    if (complete && event.type === 'connection.status' && !undecided.has(event.status)) finish();
  };
}
