import { type MemoryShape, walkedBytes } from '../../protocol/shapes.js';
import type { CardClass } from './catalogue.js';
import { usualShareOfBandwidth } from './memory-shape.js';

/** What a probe should take on a usual card, milliseconds: between 50 and 150 as far as whole rounds allow. */
const usualProbeMs = 100;
/** Where nobody knows how fast the memory is: the walk of an exam takes about half a second. */
const shareOfUnknown = 5;

/**
 * Rounds of a probe on a table: as many of the exam's walk as take some 100 ms, at least one and at most the shape's.
 *
 * @param shape of the table's own walk
 * @param measuredGBps bandwidth that the card proved in its exam, 10^9 bytes a second; null where it proved none
 */
export function probeRounds(cardClass: CardClass, shape: MemoryShape, measuredGBps: number | null): number {
  const rounds = usualProbeMs / usualRoundMs(cardClass, shape, measuredGBps);
  return Math.min(Math.max(Math.round(rounds), 1), shape.rounds);
}

function usualRoundMs({ memory }: CardClass, shape: MemoryShape, measuredGBps: number | null): number {
  const published = memory === null ? null : memory.bandwidthGBps * usualShareOfBandwidth;
  const usual = measuredGBps !== null && measuredGBps > 0 ? measuredGBps : published;
  if (usual === null) return (usualProbeMs * shareOfUnknown) / shape.rounds;
  return walkedBytes({ ...shape, rounds: 1 }) / (usual * 1e6);
}
