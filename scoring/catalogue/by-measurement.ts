import type { CardClaim } from '../../protocol/messages/cards.js';
import { type MemoryShape, tableBytes, tableOperations } from '../../protocol/shapes.js';
import { type CardClass, type Catalogue, classById, unlistedId } from './catalogue.js';
import { figuredExpectation } from './figured.js';
import { isLearnable } from './learn.js';
import { claimedNumber, leastClaimedShare } from './memory-claim.js';
import { memoryShapeFor, tableBuildMs } from './memory-shape.js';

/** What an exam of a card of no listed name has shown. */
export interface Measured {
  readonly claim: CardClaim;
  readonly engine: string;
  /** Proven, GFLOP/s. */
  readonly gflops: number;
  /** Proven, 10^9 bytes a second. */
  readonly bandwidthGBps: number;
  readonly shape: MemoryShape;
  /** What it took to make that table; null where that is not known. */
  readonly buildMs: number | null;
}

/** A card must be so much above a floor to be asked by it: else chance puts it out of its class again. */
const toSpare = 1.05;
/** Two layouts of one size differ by so much at most (`tableLayout`). */
const sameTable = 0.94;
/** A build may take three times as long as a usual card's: less than that must be enough. */
const slowestBuild = 2;
/** Of a build, so much may have been compiling and warming up, milliseconds: it does not grow with the table. */
const startMs = 30_000;
/** As the ceiling of `unlisted` for rates: far beyond the fastest memory that is listed. */
const ceilingOverFastest = 10;

/**
 * The class that a card of no listed name would fit: the one with the highest compute floor, of those whose floors of rate and
 * bandwidth it has met with five per cent to spare, on a table as large as that class's, and whose table it makes in time. Pure.
 *
 * @returns null where it fits none
 */
export function classByMeasurement(catalogue: Catalogue, measured: Measured): CardClass | null {
  const fitting = catalogue.classes.filter((one) => fits(one, measured));
  const floor = (one: CardClass) => figuredExpectation(one, measured.engine)?.lowGflops ?? 0;
  const [best] = fitting.toSorted(
    (a, b) => floor(b) - floor(a) || b.memoryBytes - a.memoryBytes || (a.id < b.id ? -1 : 1),
  );
  return best ?? null;
}

function fits(
  cardClass: CardClass,
  { claim, engine, gflops, bandwidthGBps, shape, buildMs }: Measured,
): boolean {
  const { memory, memoryBytes } = cardClass;
  const figures = figuredExpectation(cardClass, engine);
  if (!isLearnable(cardClass) || memory === null || figures === null) return false;
  if (gflops < figures.lowGflops * toSpare || bandwidthGBps < memory.lowGBps * toSpare) return false;
  const claimed = claimedNumber(claim.memoryBytes);
  if (claimed !== null && claimed < leastClaimedShare * memoryBytes) return false;
  const asked = memoryShapeFor(cardClass, claim);
  if (asked === null || tableBytes(shape) < sameTable * tableBytes(asked)) return false;
  if (buildMs === null) return true;
  const wouldTakeMs = (Math.max(buildMs - startMs, 0) * tableOperations(asked)) / tableOperations(shape);
  return wouldTakeMs <= slowestBuild * tableBuildMs(cardClass, claim, asked);
}

/**
 * The class as a card is asked that was measured as it: its shapes and floors, under whatever engine, and the ceilings of
 * `unlisted`. It never said that it was of this class, so to be faster is no lie.
 */
export function askedByMeasurement(catalogue: Catalogue, cardClass: CardClass, engine: string): CardClass {
  const figures = figuredExpectation(cardClass, engine);
  if (figures === null || cardClass.memory === null) return cardClass;
  const unlisted = classById(catalogue, unlistedId)?.expectations['*'];
  const fastest = Math.max(...catalogue.classes.map(({ memory }) => memory?.ceilingGBps ?? 0));
  return {
    ...cardClass,
    memory: { ...cardClass.memory, ceilingGBps: fastest * ceilingOverFastest },
    expectations: {
      '*': { ...figures, ceilingGflops: Math.max(figures.ceilingGflops, unlisted?.ceilingGflops ?? 0) },
    },
  };
}
