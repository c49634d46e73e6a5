/** Time as an argument, so that tests can hold it still. */
export interface Clock {
  /** Wall clock, milliseconds since 1970 UTC: for the record and for people. */
  now(): number;
  /** Monotonic milliseconds with fractions: the only clock that times an exam. */
  monotonic(): number;
}

/** Randomness as an argument. Production passes `node:crypto`'s `randomBytes`. */
export type RandomBytes = (length: number) => Uint8Array;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
