import { type Code, isCode } from '../../protocol/codes/table.js';
import type { ExamFact } from '../../scoring/facts/facts.js';
import type { ProbeFact } from '../../scoring/facts/timelock.js';
import type { Devices } from '../devices/devices.js';
import type { TableOrder, TableOrders } from '../tables/table-orders.js';
import { type BallastOptions, ballastOrders } from './ballast.js';
import { type EndExamParts, examineAtEnd } from './end-exam.js';
import type { Lease } from './lease.js';
import { pause } from './waiting.js';

/** Probes at rest by which the baseline of a card is known, and how many rounds of them there are at most. */
const calibrationProbes = 5;
const calibrationRounds = 12;
const orderTries = 3;
const orderPauseMs = 10_000;
/** Reasons of failed exams that a lease shows. */
const shownReasons = 8;

export interface HandOverParts extends EndExamParts {
  readonly devices: Pick<Devices, 'get'>;
  readonly orders: Pick<TableOrders, 'order'>;
  readonly ballast: BallastOptions;
  readonly probeNow: (device: string, card: number) => Promise<ProbeFact | null>;
  /** Pause before each round of probes at rest, milliseconds. */
  readonly restMs: number;
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
  const cards = orders.map(({ card }) => card);
  if (!(await calibrate(parts, device, cards, signal))) return { ...failed, exam };
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

/**
 * Probes every card at rest, in rounds: a card that has just worked is faster than one that has slept a while, and the probes of
 * a lease meet it asleep. One card after the other: those of one machine would slow each other down.
 */
async function calibrate(
  { probeNow, restMs }: HandOverParts,
  device: string,
  cards: readonly number[],
  signal: AbortSignal,
): Promise<boolean> {
  const passed = new Map(cards.map((card) => [card, 0]));
  const left = () => cards.filter((card) => (passed.get(card) ?? 0) < calibrationProbes);
  for (let round = 0; round < calibrationRounds && left().length > 0; round += 1) {
    await pause(restMs, signal);
    for (const card of left()) {
      const probe = await probeNow(device, card);
      signal.throwIfAborted();
      if (probe?.outcome === 'passed') passed.set(card, (passed.get(card) ?? 0) + 1);
    }
  }
  return left().length === 0;
}

function reasonsOf(facts: readonly ExamFact[]): Code[] {
  const unproven = facts.filter(({ outcome }) => outcome !== 'passed');
  const reasons = new Set(unproven.flatMap(({ reasons }) => reasons).filter(isCode));
  return ['lease.hand-over-failed', ...[...reasons].slice(0, shownReasons)];
}
