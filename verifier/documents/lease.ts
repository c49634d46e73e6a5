import type { LeaseDocument } from '../../protocol/messages/lease.js';
import type { Lease } from '../leases/lease.js';
import { reasonOf, timeOf } from './reason.js';

/** A lease as its marketplace sees it. @param witnessToken told to who makes the lease */
export function leaseDocument(lease: Lease, witnessToken?: string): LeaseDocument {
  const { id, device, reference, state, reasons, openedAt, startedAt, endsAt, endedAt, commitment } = lease;
  const time = (at: number | null) => (at === null ? null : timeOf(at));
  return {
    id,
    device,
    reference,
    state,
    reasons: reasons.map(reasonOf),
    openedAt: timeOf(openedAt),
    startedAt: time(startedAt),
    endsAt: time(endsAt),
    endedAt: time(endedAt),
    commitment,
    ...(witnessToken !== undefined && { witnessToken }),
  };
}
