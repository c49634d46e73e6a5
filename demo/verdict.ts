import type { ReceiptVerdict } from '../protocol/messages/receipt.js';
import type { DeviceStatus } from '../protocol/status.js';

/** What only the demo's own process knows: whether a device is what it claims to be. */
export type Truth = 'honest' | 'fake';

/** What the verifier says of a device at some moment, through its public API. */
export interface Standing {
  readonly status: DeviceStatus;
  readonly class: string | null;
  readonly reasons: readonly string[];
}

/** One device in the demo's answer. `status` is null where there was no verdict at all. */
export interface JudgedDevice {
  readonly name: string;
  readonly truth: Truth;
  readonly status: DeviceStatus | null;
  readonly class: string | null;
  readonly reasons: readonly string[];
}

/** What only the demo's own process knows of a lease: whether the card is its tenant's alone. */
export type LeaseTruth = 'honest' | 'sold twice';

/** One lease in the demo's answer. */
export interface JudgedLease {
  readonly name: string;
  readonly truth: LeaseTruth;
  /** Of its receipt; null where there is none that `verifyReceipt` found in order. */
  readonly verdict: ReceiptVerdict['outcome'] | null;
  readonly confidence: number;
  readonly reasons: readonly string[];
}

export interface DemoAnswer {
  readonly devices: readonly JudgedDevice[];
  readonly leases: readonly JudgedLease[];
  /** Of devices and leases. */
  readonly wrong: number;
}

/** True where the verifier has made up its mind. */
export function isFinal(status: DeviceStatus): boolean {
  return status !== 'enrolled' && status !== 'examining';
}

/** Wrong: an honest device that is not verified, a fake one that is, and any that waits for its verdict. */
export function isWrong({ truth, status }: Pick<JudgedDevice, 'truth' | 'status'>): boolean {
  if (status === null || !isFinal(status)) return true;
  return truth === 'honest' ? status !== 'verified' : status === 'verified';
}

/** Wrong: an honest lease that is not whole, one sold twice that is not found to be, and any without a receipt. */
export function isWrongLease({ truth, verdict }: Pick<JudgedLease, 'truth' | 'verdict'>): boolean {
  return truth === 'honest' ? verdict !== 'whole' : verdict !== 'contended' && verdict !== 'not-whole';
}

/**
 * Holds the verdicts against the truth.
 *
 * @param devices each device's last verdict; null where it never got one
 * @param leases as their receipts have them
 */
export function judge(
  devices: readonly { name: string; truth: Truth; verdict: Standing | null }[],
  leases: readonly JudgedLease[],
): DemoAnswer {
  const judged = devices.map(({ name, truth, verdict }) => ({
    name,
    truth,
    status: verdict?.status ?? null,
    class: verdict?.class ?? null,
    reasons: [...(verdict?.reasons ?? [])],
  }));
  return {
    devices: judged,
    leases,
    wrong: judged.filter(isWrong).length + leases.filter(isWrongLease).length,
  };
}
