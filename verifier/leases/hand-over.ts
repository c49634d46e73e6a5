import { type Code, isCode } from '../../protocol/codes/table.js';
import type { ExamFact } from '../../scoring/facts/facts.js';
import type { ProbeFact } from '../../scoring/facts/timelock.js';
import type { Devices } from '../devices/devices.js';
import type { TableOrder, TableOrders } from '../tables/table-orders.js';
import { type BallastOptions, ballastOrders } from './ballast.js';
import { type EndExamParts, examineAtEnd } from './end-exam.js';
import type { Lease } from './lease.js';
import { pause } from './waiting.js';

/** Probes at rest by which the baseline of a card is known, and how often they are tried. */
const calibrationProbes = 5;
const calibrationTries = 12;
const calibrationPauseMs = 2_000;
const orderTries = 3;
const orderPauseMs = 10_000;
/** Reasons of failed exams that a lease shows. */
const shownReasons = 8;

export interface HandOverParts extends EndExamParts {
  readonly devices: Pick<Devices, 'get'>;
  readonly orders: Pick<TableOrders, 'order'>;
  readonly ballast: BallastOptions;
  readonly probeNow: (device: string, card: number) => Promise<ProbeFact | null>;
}

export interface HandOver {
  readonly outcome: 'handed-over' | 'failed';
  /** Null where there was none. */
  readonly exam: string | null;
  readonly reasons: readonly Code[];
}

/**
 * Brings a device to its tenant: the joint exam shows that its cards are whole, each that keeps a table makes its ballast, and a
 * few probes of each, one after the other, show what it needs for one while nothing else runs.
 *
 * Nothing that it did is needed again: after a restart it begins anew.
 *
 * @throws the signal's reason
 */
export async function handOver(parts: HandOverParts, lease: Lease, signal: AbortSignal): Promise<HandOver> {
  const { device } = lease;
  const { outcome, facts } = await examineAtEnd(parts, device, signal);
  const exam = facts[0]?.exam ?? null;
  if (outcome !== 'passed') return { ...failed, exam, reasons: reasonsOf(facts) };
  const state = parts.devices.get(device);
  if (state === undefined) return { ...failed, exam };
  const roundTripMs = parts.hub.get(device)?.roundTripMs ?? 0;
  const orders = ballastOrders(parts.ballast, state, lease.id, roundTripMs);
  if (orders.length === 0 || !(await makeBallasts(parts, device, orders, signal))) return { ...failed, exam };
  // One after the other: cards of one machine would slow each other down.
  for (const { card } of orders) {
    if (!(await calibrate(parts, device, card, signal))) return { ...failed, exam };
  }
  return { outcome: 'handed-over', exam, reasons: ['lease.handed-over'] };
}

const failed = { outcome: 'failed', reasons: ['lease.hand-over-failed'] } as const;

async function makeBallasts(
  { orders }: HandOverParts,
  device: string,
  wanted: readonly TableOrder[],
  signal: AbortSignal,
): Promise<boolean> {
  let missing = wanted;
  for (let tries = 1; ; tries += 1) {
    const made = await orders.order(device, missing);
    signal.throwIfAborted();
    missing = missing.filter(({ card }) => (made.get(card) ?? null) === null);
    if (missing.length === 0) return true;
    if (tries >= orderTries) return false;
    await pause(orderPauseMs, signal);
  }
}

async function calibrate(
  { probeNow }: HandOverParts,
  device: string,
  card: number,
  signal: AbortSignal,
): Promise<boolean> {
  let passed = 0;
  for (let tries = 0; tries < calibrationTries; tries += 1) {
    const probe = await probeNow(device, card);
    signal.throwIfAborted();
    if (probe?.outcome === 'passed') passed += 1;
    if (passed >= calibrationProbes) return true;
    if (probe?.outcome !== 'passed') await pause(calibrationPauseMs, signal);
  }
  return false;
}

function reasonsOf(facts: readonly ExamFact[]): Code[] {
  const unproven = facts.filter(({ outcome }) => outcome !== 'passed');
  const reasons = new Set(unproven.flatMap(({ reasons }) => reasons).filter(isCode));
  return ['lease.hand-over-failed', ...[...reasons].slice(0, shownReasons)];
}
