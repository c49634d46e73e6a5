import type { DeviceStatus } from '../../protocol/status.js';

/** What can happen to a device's status. */
export type TransitionCause =
  /** An exam that decides about it begins. */
  | 'examined'
  | 'passed'
  | 'failed'
  /** It claims other cards than before. */
  | 'hardware-changed'
  /** A score fell below its threshold. */
  | 'dropped'
  /** The score is back. */
  | 'restored'
  /** Hard evidence. */
  | 'condemned'
  /** A person or a joint live exam lifted the quarantine. */
  | 'cleared'
  | 'retired';

/**
 * The life of a device, as one table: from each status, what leads where. A cause that is not listed changes
 * nothing. Leaving quarantine takes a `cleared`: neither new hardware nor a passed exam does it.
 */
export const transitionTable: Record<DeviceStatus, Partial<Record<TransitionCause, DeviceStatus>>> = {
  enrolled: { examined: 'examining', condemned: 'quarantined', retired: 'retired' },
  examining: { passed: 'verified', failed: 'rejected', condemned: 'quarantined', retired: 'retired' },
  verified: {
    dropped: 'suspended',
    'hardware-changed': 'examining',
    condemned: 'quarantined',
    retired: 'retired',
  },
  suspended: {
    restored: 'verified',
    'hardware-changed': 'examining',
    condemned: 'quarantined',
    retired: 'retired',
  },
  rejected: {
    examined: 'examining',
    'hardware-changed': 'examining',
    condemned: 'quarantined',
    retired: 'retired',
  },
  quarantined: { cleared: 'examining', retired: 'retired' },
  retired: {},
};

/** Where `cause` leads from `status`; null when it leads nowhere. */
export function nextStatus(status: DeviceStatus, cause: TransitionCause): DeviceStatus | null {
  return transitionTable[status][cause] ?? null;
}
