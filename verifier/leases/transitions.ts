import type { LeaseState } from '../../protocol/messages/lease.js';

/** What can happen to a lease. */
export type LeaseCause =
  /** All cards passed the joint exam, hold their ballasts, and their probes at rest are known. */
  | 'handed-over'
  | 'hand-over-failed'
  /** The marketplace set another end. */
  | 'end-changed'
  /** The end has come, or the marketplace ended it. */
  | 'ended'
  /** The device claims other cards than were handed over. */
  | 'hardware-changed'
  | 'returned'
  /** The exam at the return was failed, or did not come about in time. */
  | 'return-unproven';

/** The life of a lease, as one table: from each state, what leads where. A cause that is not listed changes nothing. */
export const leaseTable: Record<LeaseState, Partial<Record<LeaseCause, LeaseState>>> = {
  'handing-over': {
    'handed-over': 'active',
    'hand-over-failed': 'refused',
    'end-changed': 'handing-over',
    // It never began, so there is nothing to be returned.
    ended: 'refused',
    'hardware-changed': 'refused',
  },
  active: { 'end-changed': 'active', ended: 'returning', 'hardware-changed': 'returning' },
  returning: { returned: 'ended', 'return-unproven': 'ended' },
  ended: {},
  refused: {},
};

/** Where `cause` leads from `state`; null when it leads nowhere. */
export function nextLeaseState(state: LeaseState, cause: LeaseCause): LeaseState | null {
  return leaseTable[state][cause] ?? null;
}

/** A lease only ever goes on: from each state to one that is no lower. */
export const stateOrder: Record<LeaseState, number> = {
  'handing-over': 0,
  active: 1,
  returning: 2,
  ended: 3,
  refused: 3,
};

/** Nothing can happen to it any more. */
export const isOver = (state: LeaseState): boolean => Object.keys(leaseTable[state]).length === 0;

/** The cards are the tenant's, or about to be shown again: probes belong to the transcript of the lease. */
export const isRunning = (state: LeaseState): boolean => state === 'active' || state === 'returning';
