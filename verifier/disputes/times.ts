/** How claimed ids are compared and tried; milliseconds. */
export interface DisputeTimes {
  /** How often the record is asked which ids several devices claim. */
  readonly scanMs: number;
  /** Least time between two joint exams of a dispute: a thief must not keep a victim busy. */
  readonly trialMs: number;
  /** Mean time after which claimants that were shown to be distinct are asked together again. */
  readonly againMs: number;
  /** A claim of a device that was not seen for so long is none any more: the card was sold, or given up. */
  readonly lapseMs: number;
}

export const disputeTimes: DisputeTimes = {
  scanMs: 60_000,
  trialMs: 3600_000,
  againMs: 24 * 3600_000,
  lapseMs: 7 * 24 * 3600_000,
};
