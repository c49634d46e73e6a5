/** How much a verifier has to do, at one instant. */
export interface Load {
  /** Share of the time that the event loop was not idle, 0 to 1. */
  readonly utilisation: number;
  /** Longest that the event loop stood still within the last look, milliseconds. */
  readonly standstillMs: number;
  /** Requests that have come and are not answered. */
  readonly requests: number;
  /** Proofs that wait for a thread. */
  readonly proofs: number;
  /** Bytes of facts that ClickHouse has not taken. */
  readonly journalBytes: number;
}

/** What a verifier can bear. */
export interface LoadLimits {
  /** Share of the loop's time, 0 to 1. */
  readonly utilisation: number;
  readonly standstillMs: number;
  readonly requests: number;
  readonly proofs: number;
  readonly journalBytes: number;
}

/**
 * Who asks. Agents that are connected are not among them: what they send was asked for, and is never turned away.
 *
 * - `reader`: asks for documents.
 * - `newcomer`: enrols, which is followed by an exam.
 * - `known`: a device that wants its line back, a marketplace, an operator. A device's minutes count, so it is the last to wait.
 */
export type Asker = 'reader' | 'newcomer' | 'known';

export type Pressure = 'loop' | 'requests' | 'proofs' | 'journal';

/**
 * Why somebody has to wait, or null where nobody does. Asked before anything is done for the request:
 *
 *     measure       reader   newcomer  known
 *     loop          limit    limit     half-way to all of its time, twice the standstill
 *     requests      limit    limit     twice the limit
 *     proofs        -        limit     -
 *     journal       -        limit     -
 */
export function pressureOn(asker: Asker, load: Load, limits: LoadLimits): Pressure | null {
  const patience = asker === 'known' ? 2 : 1;
  const utilisation = 1 - (1 - limits.utilisation) / patience;
  if (load.utilisation > utilisation || load.standstillMs > limits.standstillMs * patience) return 'loop';
  if (load.requests > limits.requests * patience) return 'requests';
  if (asker !== 'newcomer') return null;
  if (load.proofs > limits.proofs) return 'proofs';
  return load.journalBytes > limits.journalBytes ? 'journal' : null;
}
