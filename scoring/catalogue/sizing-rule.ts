import { longestRoundTripMs } from '../../protocol/line.js';
import { type MemoryShape, tableOperations, walkedBytes } from '../../protocol/shapes.js';
import type { MemoryFigures } from './catalogue.js';

/** A rebuild of the whole table takes at least this many deadlines of the walk (docs/protocol.md section 3). */
export const rebuildsPerDeadline = 5;

/** Time within which an honest card of these figures has walked, at the latest and with the longest line, milliseconds. */
export function walkDeadlineMs({ lowGBps }: Pick<MemoryFigures, 'lowGBps'>, shape: MemoryShape): number {
  return walkedBytes(shape) / (lowGBps * 1e6) + longestRoundTripMs;
}

/** Least time in which any program on a card of these figures makes the whole table again, milliseconds. */
export function rebuildMs({ bestGops }: Pick<MemoryFigures, 'bestGops'>, shape: MemoryShape): number {
  return tableOperations(shape) / (bestGops * 1e6);
}

/**
 * Least time that a prover spends on making pages again which lacks a share of its table and gives the pages back after
 * each round, milliseconds. Its reads go on meanwhile, and pages that a round asks for twice are made once.
 *
 * @param missing share of the table that it lacks, 0 to 1
 */
export function recomputeMs(
  figures: Pick<MemoryFigures, 'bestGops'>,
  shape: MemoryShape,
  missing: number,
): number {
  const pages = shape.banks * shape.bankPages;
  const different = 1 - Math.exp((-shape.walkers * shape.steps) / pages);
  return missing * different * shape.rounds * rebuildMs(figures, shape);
}

/** How much dearer it is to make a page than to read it: at the best rate, at the published bandwidth. */
export function recomputeOverRead(
  { bandwidthGBps, bestGops }: Pick<MemoryFigures, 'bandwidthGBps' | 'bestGops'>,
  { n, layers }: Pick<MemoryShape, 'n' | 'layers'>,
): number {
  return (2 * n * layers * bandwidthGBps) / bestGops;
}

/** @throws RangeError where a cheat could drop its table and build it again when asked */
export function assertSized(figures: Pick<MemoryFigures, 'lowGBps' | 'bestGops'>, shape: MemoryShape): void {
  const rebuild = rebuildMs(figures, shape);
  const deadline = walkDeadlineMs(figures, shape);
  if (rebuild >= rebuildsPerDeadline * deadline) return;
  throw new RangeError(
    `the table is rebuilt in ${rebuild.toFixed(0)} ms, less than ${rebuildsPerDeadline} times the deadline of ${deadline.toFixed(0)} ms`,
  );
}
