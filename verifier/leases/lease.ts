import type { RandomBytes } from '../../protocol/clock.js';
import type { Code } from '../../protocol/codes/table.js';
import { newFactId } from '../../protocol/ids.js';
import type { LeaseState } from '../../protocol/messages/lease.js';
import type { LeaseMovedFact } from '../../scoring/facts/lease.js';
import { isOver, type LeaseCause, nextLeaseState } from './transitions.js';

/** A lease as its last fact has it. Times are milliseconds since 1970. */
export interface Lease extends Omit<LeaseMovedFact, 'kind' | 'id' | 'at' | 'from' | 'to' | 'lease'> {
  readonly id: string;
  readonly state: LeaseState;
  /** When it came into this state, or was changed in it. */
  readonly movedAt: number;
}

export function leaseOf(fact: LeaseMovedFact): Lease {
  const { kind: _, id: __, from: ___, at: movedAt, to: state, lease: id, ...rest } = fact;
  return { ...rest, id, state, movedAt };
}

interface Moment {
  readonly at: number;
  readonly random: RandomBytes;
}

/** The fact by which a lease begins. */
export function requestedFact(
  asked: Pick<
    LeaseMovedFact,
    'device' | 'lease' | 'marketplace' | 'reference' | 'endsAt' | 'commitment' | 'witnessTokenHash'
  >,
  { at, random }: Moment,
): LeaseMovedFact {
  return {
    kind: 'lease.moved',
    id: newFactId(random),
    at,
    ...asked,
    from: null,
    to: 'handing-over',
    reasons: ['lease.requested'],
    openedAt: at,
    startedAt: null,
    endedAt: null,
    handOverExam: null,
    returnExam: null,
  };
}

/** What a move changes beside the state. */
export type LeaseChanges = Partial<Pick<Lease, 'endsAt' | 'handOverExam' | 'returnExam'>>;

/**
 * The fact of a move, or null where `cause` leads nowhere from the lease's state. The lease lasts from when it is handed over
 * until its end has come: the exam at the return comes after it.
 */
export function movedFact(
  lease: Lease,
  cause: LeaseCause,
  why: { readonly reasons: readonly Code[]; readonly changes?: LeaseChanges } & Moment,
): LeaseMovedFact | null {
  const to = nextLeaseState(lease.state, cause);
  if (to === null) return null;
  const { id, state, movedAt: _, ...rest } = lease;
  const { at, random, reasons, changes } = why;
  return {
    ...rest,
    ...changes,
    kind: 'lease.moved',
    id: newFactId(random),
    at,
    lease: id,
    from: state,
    to,
    reasons: [...reasons],
    startedAt: to === 'active' ? (lease.startedAt ?? at) : lease.startedAt,
    endedAt: lease.endedAt ?? (to === 'returning' || isOver(to) ? at : null),
  };
}
