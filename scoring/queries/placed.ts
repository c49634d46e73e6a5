import type { Fact } from '../facts/facts.js';

/** A fact and its place in the batch. */
export type Placed<F extends Fact> = readonly [fact: F, position: number];

type OfKind<K extends Fact['kind']> = Extract<Fact, { readonly kind: K }>;

/** Whether a fact is of one of these kinds. */
export const isOfKind =
  <K extends Fact['kind']>(...kinds: readonly K[]) =>
  (one: Placed<Fact>): one is Placed<OfKind<K>> =>
    (kinds as readonly string[]).includes(one[0].kind);

/** Minute since 1970 that holds an instant. */
export const minuteOf = (at: number): number => Math.floor(at / 60_000);

/** Decimal seconds: ClickHouse reads a bare integer as seconds or milliseconds, depending on its size. */
export const seconds = (at: number): string => (at / 1000).toFixed(3);
