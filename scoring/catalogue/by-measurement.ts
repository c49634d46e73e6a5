import type { CardClaim } from '../../protocol/messages/cards.js';
import { type MemoryShape, tableBytes } from '../../protocol/shapes.js';
import { type CardClass, type Catalogue, classById, unlistedId } from './catalogue.js';
import { figuredExpectation } from './figured.js';
import { isLearnable } from './learn.js';
import { claimedNumber, leastClaimedShare } from './memory-claim.js';
import { memoryShapeFor } from './memory-shape.js';

/** What an exam of a card of no listed name has shown. */
export interface Measured {
  readonly claim: CardClaim;
  readonly engine: string;
  /** Proven, GFLOP/s. */
  readonly gflops: number;
  /** Proven, 10^9 bytes a second. */
  readonly bandwidthGBps: number;
  readonly shape: MemoryShape;
}

/** A card must be so much above a floor to be asked by it: else chance puts it out of its class again. */
const toSpare = 1.05;
/** Two layouts of one size differ by so much at most (`tableLayout`). */
const sameTable = 0.94;
/** As the ceiling of `unlisted` for rates: far beyond the fastest memory that is listed. */
const ceilingOverFastest = 10;

/**
 * The class that a card of no listed name would fit: the one with the highest compute floor, of those whose floors of rate and
 * bandwidth it has met with five per cent to spare, on a table as large as that class's. Pure.
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

function fits(cardClass: CardClass, { claim, engine, gflops, bandwidthGBps, shape }: Measured): boolean {
  const { memory, memoryBytes } = cardClass;
  const figures = figuredExpectation(cardClass, engine);
  if (!isLearnable(cardClass) || memory === null || figures === null) return false;
  if (gflops < figures.lowGflops * toSpare || bandwidthGBps < memory.lowGBps * toSpare) return false;
  const claimed = claimedNumber(claim.memoryBytes);
  if (claimed !== null && claimed < leastClaimedShare * memoryBytes) return false;
  const asked = memoryShapeFor(cardClass, claim);
  return asked !== null && tableBytes(shape) >= sameTable * tableBytes(asked);
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
