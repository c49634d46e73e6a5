import { limits } from '../../protocol/limits.js';
import { type MemoryShape, tableOperations } from '../../protocol/shapes.js';
import type { CardClass, MemoryFigures } from './catalogue.js';
import { computeReserveMs, examBudgetMs } from './exam-load.js';
import {
  claimedNumber,
  filledShare,
  leastClaimedShare,
  type MemoryClaim,
  mostTableBytes,
} from './memory-claim.js';
import { assertSized, rebuildMs, rebuildsPerDeadline, recomputeMs, walkDeadlineMs } from './sizing-rule.js';
import { type TableLayout, tableLayout } from './table-layout.js';
import { likelyTableGops, unjudgedMemoryShape } from './unjudged-memory-shape.js';
import { walkSize } from './walk-size.js';

/** What a usual walk reaches of the published bandwidth: 70 % of a copy, which reaches 90 %. */
export const usualShareOfBandwidth = 0.63;
/** Seconds that a walk should take on a usual card; shorter where the table would have to be too dear otherwise. */
const walkSeconds = { most: 0.5, least: 0.1, step: 0.01 };
/** A prover that lacks this share of its table and makes it again beside its reads should still be too late. */
const missingToCatch = 0.01;
/** Where neither class nor claim knows the memory, a table of what is read in this many seconds shows the bandwidth. */
const unknownMemorySeconds = 1 / 64;
/** How much slower than the class's figure a device may say that it builds. */
const slowestBuild = 4;

/**
 * The memory exam of a card (docs/protocol.md section 3), within the protocol's limits whatever the device claims.
 *
 * Where the class has memory figures: a table of 87 to 90 % of the memory; a walk of half a second on a usual card; and as
 * many layers as make a prover of 99 % of the table too late, as far as one whole exam stays within its share of the
 * card's time. The sizing rule goes before both: where it needs more layers than the load allows, the walk is shorter,
 * and where a tenth of a second is still too long (no published class), the load is what gives way.
 *
 * @returns null where the device has no engine for it
 * @throws RangeError where the class's figures allow no such exam; `readCatalogueFile` refuses such a class
 */
export function memoryShapeFor(cardClass: CardClass, claim: MemoryClaim): MemoryShape | null {
  if (claim.memoryEngine == null) return null;
  if (cardClass.memory === null) return unjudgedMemoryShape(cardClass, claim);
  const shape = sizedShape(cardClass.memory, examinedBytes(cardClass, cardClass.memory, claim));
  assertSized(cardClass.memory, shape);
  return shape;
}

/**
 * Time that building the table takes on an honest card, milliseconds. A device may say that it is up to four times slower
 * than its class's figure; that buys it time for the build, which is not judged, and no smaller table.
 */
export function tableBuildMs(cardClass: CardClass, claim: MemoryClaim, shape: MemoryShape): number {
  return tableOperations(shape) / (buildGops(cardClass, claim) * 1e6);
}

function buildGops(cardClass: CardClass, claim: MemoryClaim): number {
  if (cardClass.memory === null) return likelyTableGops(cardClass, claim);
  const usual = cardClass.memory.tableGops;
  return Math.min(Math.max(claimedNumber(claim.tableGops) ?? usual, usual / slowestBuild), usual);
}

/** Bytes that a table on such a card should fill at most. */
export function examinedBytes(
  { memoryBytes }: CardClass,
  { bandwidthGBps }: MemoryFigures,
  claim: MemoryClaim,
): number {
  const claimed = claimedNumber(claim.memoryBytes);
  if (memoryBytes > 0) {
    const atLeast = leastClaimedShare * memoryBytes;
    return filledShare * Math.min(memoryBytes, Math.max(claimed ?? memoryBytes, atLeast));
  }
  const least = bandwidthGBps * 1e9 * unknownMemorySeconds;
  return claimed === null ? least : filledShare * Math.min(Math.max(claimed, least), mostTableBytes);
}

function sizedShape(figures: MemoryFigures, bytes: number): MemoryShape {
  // Pages of 1,024 bytes are read well by wide memory and cost more to make; slow devices need enough pages.
  const n = figures.bandwidthGBps >= 200 ? 1024 : 256;
  // With one layer the table must be within the load, too.
  const layout = tableLayout(Math.min(bytes, (examBudgetMs / 2 / (2 * n)) * figures.tableGops * 1e6), n);
  let seconds = walkSeconds.most;
  let made = layered(figures, layout, seconds);
  while (made.tooDear && seconds > walkSeconds.least) {
    seconds -= walkSeconds.step;
    made = layered(figures, layout, seconds);
  }
  return made.shape;
}

interface Layered {
  readonly shape: MemoryShape;
  /** To obey the sizing rule it takes more of the card's time than it may, or more layers than there are. */
  readonly tooDear: boolean;
}

/** The walk of so many seconds with the layers that it needs, and more as far as the load allows. */
function layered(figures: MemoryFigures, layout: TableLayout, seconds: number): Layered {
  const usual = usualShareOfBandwidth * figures.bandwidthGBps * 1e9;
  const one: MemoryShape = { ...layout, layers: 1, ...walkSize(layout, usual * seconds, usual) };
  const deadline = walkDeadlineMs(figures, one);
  const needed = Math.ceil((rebuildsPerDeadline * deadline) / rebuildMs(figures, one));
  const wanted = Math.ceil(deadline / recomputeMs(figures, one, missingToCatch));
  const buildMs = examBudgetMs - computeReserveMs - seconds * 1000;
  const affordable = Math.floor(buildMs / (tableOperations(one) / (figures.tableGops * 1e6)));
  const layers = Math.min(Math.max(needed, Math.min(wanted, affordable)), limits.layers);
  return {
    shape: { ...one, layers: Math.max(layers, 1) },
    tooDear: needed > affordable || needed > limits.layers,
  };
}
