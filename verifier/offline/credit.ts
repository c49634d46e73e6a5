import type { OfflineReasonCode } from '../../protocol/codes/table.js';

/** Nobody squares faster on any machine of these years, a second: more is a fault of clocks or a lie. */
export const fastestRate = 20_000_000;
/** A rate that every machine of today has, a second: who shows less is taken for it. */
export const slowestRate = 250_000;

/** The rate by which links are counted. @param best the device's best so far, squarings a second; null where none is known */
export const creditRate = (best: number | null): number =>
  Math.min(Math.max(best ?? slowestRate, slowestRate), fastestRate);

/** Milliseconds that so many squarings take. */
export const timeOf = (squarings: number, rate: number): number => (squarings / rate) * 1000;

export interface Claim {
  /** Of the outage, milliseconds. */
  readonly outageMs: number;
  /** Those after which the card walked. */
  readonly links: number;
  readonly squarings: number;
  readonly rate: number;
  /** What is left of the device's allowance, milliseconds. */
  readonly leftMs: number;
}

/** How much of an outage counts for a card whose walks are right, whole milliseconds (docs/protocol.md section 4). */
export function creditOf({ outageMs, links, squarings, rate, leftMs }: Claim): {
  readonly creditedMs: number;
  readonly code: Extract<OfflineReasonCode, 'offline.credited' | 'offline.capped'>;
} {
  const earned = Math.floor(Math.min(outageMs, timeOf(links * squarings, rate)));
  return earned <= leftMs
    ? { creditedMs: earned, code: 'offline.credited' }
    : { creditedMs: Math.max(0, Math.floor(leftMs)), code: 'offline.capped' };
}
