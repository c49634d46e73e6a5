import { limits } from '../../protocol/limits.js';
import type { MemoryShape } from '../../protocol/shapes.js';
import type { CardClass, MemoryFigures } from './catalogue.js';
import type { MemoryClaim } from './memory-claim.js';
import { examinedBytes, usualShareOfBandwidth } from './memory-shape.js';
import { answerDeadlineMs } from './probe-deadline.js';
import { rebuildMs, rebuildsPerDeadline } from './sizing-rule.js';
import { type TableLayout, tableLayout } from './table-layout.js';
import { unjudgedMemoryShape } from './unjudged-memory-shape.js';

/**
 * Pages are long, and a walker reads one: what a check costs is layers times steps, however many walkers are opened
 * (docs/measurements.md). Each round reads each page once on average, the most that the protocol allows.
 */
const walk = { n: 1024, steps: 1, rounds: 4 } as const;
/** A walk is no longer than this on a usual card, milliseconds: it disturbs the tenant. */
const longestWalkMs = 100;

export interface BallastSize {
  /** Of the table, about: as little as the tenant should miss. More where the layers would not suffice. */
  readonly bytes: number;
  /** Most that the line will take, milliseconds; null: as long as lines may be. */
  readonly roundTripMs: number | null;
}

/**
 * The table that a card keeps beside its tenant. Where the class has memory figures it has as many layers as make a rebuild at
 * the class's best rate take five deadlines of its walk, line included; so a card can't drop it and make it again when asked.
 *
 * Where nobody has figures it is a smaller table of the exam's kind.
 *
 * @throws RangeError where no such table fits into the card; every published class has one
 */
export function ballastShapeFor(
  cardClass: CardClass,
  claim: MemoryClaim,
  { bytes, roundTripMs }: BallastSize,
): MemoryShape {
  const { memory } = cardClass;
  if (memory === null) return unjudgedMemoryShape(cardClass, claim, bytes);
  const most = examinedBytes(cardClass, memory, claim);
  let size = Math.min(bytes, most);
  let made = layered(memory, size, roundTripMs);
  while (made.layers > limits.layers && size < most) {
    // What is missing in layers, and the six per cent that whole banks may take.
    size = Math.min(size * Math.max(made.layers / limits.layers, 1) * 1.07, most);
    made = layered(memory, size, roundTripMs);
  }
  if (made.layers <= limits.layers) return made;
  throw new RangeError(`a ballast of ${cardClass.id} needs ${made.layers} layers of ${limits.layers}`);
}

/** With as many layers as the sizing rule asks for; there may be none such. */
function layered(figures: MemoryFigures, bytes: number, roundTripMs: number | null): MemoryShape {
  const layout = tableLayout(bytes, walk.n);
  const one: MemoryShape = { ...layout, layers: 1, ...walkOf(layout, figures.bandwidthGBps) };
  const deadlineMs = answerDeadlineMs(figures, one, 'ballast', roundTripMs);
  const layers = Math.ceil((rebuildsPerDeadline * deadlineMs) / rebuildMs(figures, one));
  return { ...one, layers: Math.max(layers, 1) };
}

function walkOf({ n, banks, bankPages }: TableLayout, bandwidthGBps: number) {
  const readable = (longestWalkMs * usualShareOfBandwidth * bandwidthGBps * 1e6) / n;
  const reads = Math.min(banks * bankPages, readable / walk.rounds);
  const steps = Math.min(walk.steps, Math.max(1, Math.floor(reads)));
  const walkers = Math.min(Math.max(Math.floor(reads / steps), 1), limits.walkers);
  return { rounds: walk.rounds, steps, walkers };
}
