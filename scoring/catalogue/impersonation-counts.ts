import { mostOverLine } from '../../protocol/line.js';
import { tableBytes, walkedBytes } from '../../protocol/shapes.js';
import { spread } from './build.js';
import type { CardClass, Expectation } from './catalogue.js';
import { leastClaimedShare } from './memory-claim.js';
import { memoryShapeFor } from './memory-shape.js';
import { walkDeadlineMs } from './sizing-rule.js';

/** As how many of a class one card could pass at the same instant, by what is measured; null where nothing limits it. */
export interface Counts {
  readonly compute: number | null;
  readonly bandwidth: number | null;
  readonly memory: number | null;
  readonly all: number | null;
  /** As `all`, with the public engines' rate in the place of the best. */
  readonly ownEngines: number | null;
}

/** The least share of the claimed memory that a table fills. */
const leastTableShare = 0.85;
/** Clocks above the data sheet's, as tensor.json has them for arithmetic: memory can be driven faster too. */
const overclock = 1.15;
/** What a bus brings from the host's memory where nobody has said it, 10^9 bytes a second: PCIe 5.0 with 16 lanes. */
const fastestBusGBps = 55;

/**
 * By published figures: a card of class `as` is at most the spread slower than the least of its models, its table is 85 % of its
 * memory, and nothing else is known of the exam.
 */
export function paperCounts(card: CardClass, as: CardClass): Counts {
  const compute = whole(ofPeak(card) / ((1 - spread) * ofPeak(as)));
  const bandwidth = whole(bandwidthOf(card) / ((1 - spread) * bandwidthOf(as)));
  const memory =
    card.memoryBytes === 0 || as.memoryBytes === 0
      ? null
      : whole(card.memoryBytes / (leastTableShare * as.memoryBytes));
  const all = least([compute, bandwidth, memory]);
  return { compute, bandwidth, memory, all, ownEngines: all };
}

/**
 * By what our exams demand of the class today, held against the best that is known of the card by any program: its best unit for
 * int8 products, its memory at full speed, part of each table in the host's memory, the longest line feigned.
 *
 * Nobody passes as a class that no engine can confirm (ADR 4): 0.
 */
export function issuedCounts(card: CardClass, as: CardClass): Counts {
  const asked = leastAsked(as);
  const best = card.memory;
  const shape =
    as.memory === null
      ? null
      : memoryShapeFor(as, { memoryBytes: leastClaimedShare * as.memoryBytes, memoryEngine: 'any' });
  if (asked === null || best === null || as.memory === null || shape === null) return none;
  const deadlineMs = walkDeadlineMs(as.memory, shape);
  const compute = whole((best.bestGops * mostOverLine) / asked.lowGflops);
  const ownEngines = whole((usualGflops(card) * mostOverLine) / asked.lowGflops);
  const bandwidth = whole((deadlineMs * best.bandwidthGBps * overclock * 1e6) / walkedBytes(shape));
  const table = tableBytes(shape);
  // Who keeps a part of each table in the host's memory reads it from there while the walk lasts, for all of them.
  const inHost = (deadlineMs * (best.hostGBps ?? fastestBusGBps) * 1e6) / walkedBytes(shape);
  const memory = card.memoryBytes === 0 ? null : whole(card.memoryBytes / table + inHost);
  return {
    compute,
    bandwidth,
    memory,
    all: least([compute, bandwidth, memory]),
    ownEngines: least([ownEngines, bandwidth, memory]),
  };
}

const none: Counts = { compute: 0, bandwidth: 0, memory: 0, all: 0, ownEngines: 0 };

/** The least demanding engine that confirms the class; a device chooses its engine. Null where none does. */
function leastAsked({ expectations }: CardClass): Expectation | null {
  const confirming = Object.values(expectations).filter(({ basis }) => basis !== 'prior');
  return confirming.reduce<Expectation | null>(
    (least, one) => (least === null || one.lowGflops < least.lowGflops ? one : least),
    null,
  );
}

/** What the card does with the engine that serves it best. */
const usualGflops = ({ expectations }: CardClass): number =>
  Math.max(...Object.values(expectations).map(({ gflops }) => gflops));

/** Its published peak; where a class has none, what it usually does. */
const ofPeak = (card: CardClass): number => card.peakFp32Gflops ?? usualGflops(card);
const bandwidthOf = ({ memory }: CardClass): number => memory?.bandwidthGBps ?? Number.NaN;

/** Null where the bandwidth of either is not known: nothing limits it. */
const whole = (count: number): number | null => (Number.isFinite(count) ? Math.floor(count) : null);

function least(counts: readonly (number | null)[]): number | null {
  const known = counts.filter((one) => one !== null);
  return known.length === 0 ? null : Math.min(...known);
}
