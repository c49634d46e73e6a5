import type { DeviceStatus } from '../../protocol/status.js';
import type { ExamResult } from '../../scoring/queries/exams.js';

const hour = 3600_000;
/** The time that a budget is for, milliseconds: any 24 hours, not those of a calendar. */
export const budgetSpanMs = 24 * hour;

/**
 * Share of its time that exams and sweeps together may take of a card. A verified card has it promised. A suspended one earns
 * nothing until it has passed often enough, and is examined six times as often. The others are bounded by their pauses after
 * a failure alone: they wait for a verdict.
 */
export const loadShares: Partial<Record<DeviceStatus, number>> = { verified: 0.01, suspended: 0.06 };

/** One exam of one card, and what it cost. */
export type Load = Pick<ExamResult, 'at' | 'card' | 'costMs' | 'swept'>;

export interface LoadSoFar {
  /** Sweeps of the last 24 hours that the device was in. */
  readonly sweeps: number;
  /** Milliseconds until one more exam fits into the budget; 0 where it does now. */
  readonly roomInMs: number;
}

/**
 * What the exams of a device have cost it within 24 hours, held against its budget. The next one is taken to cost as much as the
 * dearest of them, on the card that has the most behind it.
 *
 * @param loads of all cards, in any order; older ones than 24 hours are left out here
 * @param now milliseconds since 1970
 */
export function loadSoFar(status: DeviceStatus, loads: readonly Load[], now: number): LoadSoFar {
  const recent = loads.filter(({ at }) => at > now - budgetSpanMs);
  // The cards of one exam have one end.
  const sweeps = new Set(recent.filter(({ swept }) => swept === true).map(({ at }) => at)).size;
  const share = loadShares[status];
  if (share === undefined) return { sweeps, roomInMs: 0 };
  const cards = [...new Set(recent.map(({ card }) => card))];
  const waits = cards.map((card) =>
    roomIn(
      recent.filter((load) => load.card === card),
      share * budgetSpanMs,
      now,
    ),
  );
  return { sweeps, roomInMs: Math.max(0, ...waits) };
}

/** @param loads of one card within the span */
function roomIn(loads: readonly Load[], budgetMs: number, now: number): number {
  const costs = loads.map(({ costMs = 0 }) => costMs);
  const nextMs = Math.max(...costs);
  let spentMs = costs.reduce((sum, cost) => sum + cost, 0);
  if (spentMs + nextMs <= budgetMs) return 0;
  for (const { at, costMs = 0 } of loads.toSorted((a, b) => a.at - b.at)) {
    spentMs -= costMs;
    // The last one leaves nothing behind: an exam that alone is dearer than the budget still comes once a day.
    if (spentMs + nextMs <= budgetMs || spentMs <= 0) return at + budgetSpanMs - now;
  }
  return 0;
}
