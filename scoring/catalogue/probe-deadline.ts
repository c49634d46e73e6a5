import { lineOf, longestRoundTripMs } from '../../protocol/line.js';
import type { TablePurpose } from '../../protocol/messages/table.js';
import { type MemoryShape, walkedBytes } from '../../protocol/shapes.js';
import type { MemoryFigures } from './catalogue.js';

/**
 * What an honest card needs beside the reads of its walk, milliseconds: to hash the results, and to start some kernels and
 * fetch what they made. On a ballast a tenant's own work may hold up each of these, and that is no fault.
 */
const marginMs: Readonly<Record<TablePurpose, number>> = { whole: 50, ballast: 200 };

/**
 * Time within which an honest card of these figures has answered a probe, at the latest and without its line, milliseconds.
 * @param shape `rounds` are the probe's
 */
export function classDeadlineMs(
  { lowGBps }: Pick<MemoryFigures, 'lowGBps'>,
  shape: MemoryShape,
  purpose: TablePurpose,
): number {
  return walkedBytes(shape) / (lowGBps * 1e6) + marginMs[purpose];
}

/**
 * The same with the line, which is taken off whole: what a rebuild is held against.
 * @param roundTripMs null where it is not known: the longest there is
 */
export function answerDeadlineMs(
  figures: Pick<MemoryFigures, 'lowGBps'>,
  shape: MemoryShape,
  purpose: TablePurpose,
  roundTripMs: number | null,
): number {
  return classDeadlineMs(figures, shape, purpose) + lineOf(roundTripMs ?? longestRoundTripMs);
}
