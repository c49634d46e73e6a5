/**
 * Hot state that several verifiers may share: nonces and sessions. Nothing here is a fact; all of it may be lost,
 * and agents then simply open new sessions. One contract suite runs on every implementation.
 */
export interface HotState {
  /** Stores a value under a key for a while. An existing value is replaced. */
  put(key: string, value: string, ttlMs: number): Promise<void>;
  /** The value, or null when there is none or its time is over. */
  get(key: string): Promise<string | null>;
  /** The value, removed in the same step: of many takers at most one gets it. */
  take(key: string): Promise<string | null>;
  close(): Promise<void>;
}
