/** A value in a stream, and its place: ids grow, as strings they say nothing. */
export interface StreamEntry {
  readonly id: string;
  readonly value: string;
}

/** Generic cell rate algorithm (`gcra.ts`): `burst` at once, then one every `everyMs`. */
export interface RateLimit {
  readonly burst: number;
  readonly everyMs: number;
}

export interface Spent {
  readonly allowed: boolean;
  /** How many more would be allowed now. */
  readonly left: number;
  /** Milliseconds until as much as was asked for is allowed; 0 where it was. */
  readonly retryMs: number;
}

/**
 * Hot state that several verifiers share: nonces, sessions, who is the home of which device, rooms of exams under way, rate
 * limits, barriers, what one verifier tells the others. Nothing here is a fact: all of it may be lost at any moment, and is
 * rebuilt from the record. One contract suite runs on every implementation.
 *
 * Every operation is atomic. Keys of one kind share what stands before their first slash.
 * @throws TouchstoneError `service.busy` from each of them while it is away; what was asked may have been done all the same
 */
export interface HotState {
  /** Stores a value under a key for a while. An existing value is replaced. */
  put(key: string, value: string, ttlMs: number): Promise<void>;
  /** The value, or null when there is none or its time is over. */
  get(key: string): Promise<string | null>;
  /** The value, removed in the same step: of many takers at most one gets it. */
  take(key: string): Promise<string | null>;
  /** Stores only where nothing stands. @returns what stands there now: `value` itself where it was stored */
  putIfAbsent(key: string, value: string, ttlMs: number): Promise<string>;
  /** Stores `value`, or removes the key where it is null, only where `expected` stands (null: nothing). @returns whether it did */
  replace(key: string, expected: string | null, value: string | null, ttlMs: number): Promise<boolean>;

  /** One field of a small hash; its whole time to live is set anew. */
  putField(key: string, field: string, value: string, ttlMs: number): Promise<void>;
  dropField(key: string, field: string): Promise<void>;
  fields(key: string): Promise<ReadonlyMap<string, string>>;

  /** Takes `cost` out of a rate limit, or nothing where there is less. */
  spend(key: string, limit: RateLimit, cost?: number): Promise<Spent>;

  /** Adds to the end of a stream, which keeps about `keep` entries. */
  append(stream: string, value: string, keep: number): Promise<string>;
  /**
   * Entries after a place, oldest first.
   * @param after null: from the first that is kept
   * @returns null where the entry at `after` is not kept any more: what came next may be lost, so ask the record
   */
  read(stream: string, after: string | null, count: number): Promise<readonly StreamEntry[] | null>;
  /** The place of the last entry; null where there is none. */
  tail(stream: string): Promise<string | null>;

  /** Tells whoever listens now. Nothing is kept for those who don't. */
  publish(channel: string, message: string): Promise<void>;
  /**
   * Hears what is published from now on, each message in a turn of its own; what is published while the state is away is lost.
   * @param hear must not throw
   * @returns what ends it
   */
  subscribe(channel: string, hear: (message: string) => void): Promise<() => Promise<void>>;

  /** Wall clock of the state, milliseconds since 1970: one clock for all verifiers. */
  now(): Promise<number>;
  /** Another after the state was lost (flushed, restarted): whoever relies on what was put puts it again. */
  generation(): Promise<string>;
  /** False after a failed operation, until one succeeds or the connection is back. */
  readonly healthy: boolean;
  close(): Promise<void>;
}
