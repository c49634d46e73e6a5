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

export interface DemoAnswer {
  readonly devices: readonly JudgedDevice[];
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

/**
 * Holds the verdicts against the truth.
 *
 * @param devices each device's last verdict; null where it never got one
 */
export function judge(
  devices: readonly { name: string; truth: Truth; verdict: Standing | null }[],
): DemoAnswer {
  const judged = devices.map(({ name, truth, verdict }) => ({
    name,
    truth,
    status: verdict?.status ?? null,
    class: verdict?.class ?? null,
    reasons: [...(verdict?.reasons ?? [])],
  }));
  return { devices: judged, wrong: judged.filter(isWrong).length };
}
