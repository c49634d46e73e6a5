import { toHex } from '../../protocol/bytes.js';
import type { RandomBytes } from '../../protocol/clock.js';
import type { ExamPart } from '../../protocol/messages/exam.js';

/**
 * Where the seeds of an exam come from, 64 hexadecimal digits each. `attempt` is the number of the arming that the seed is
 * for, from 1. A source that derives its seeds gives another for each card, part and attempt: with one that it knows, a
 * card could compute ahead.
 */
export interface SeedSource {
  /** Of the table that the memory part is armed with. */
  table(card: number, attempt: number): string;
  /** Of a `go`. Nobody may learn it earlier. */
  go(card: number, part: ExamPart, attempt: number): string;
}

/** Fresh seeds, which follow from nothing. */
export function randomSeeds(random: RandomBytes): SeedSource {
  const draw = () => toHex(random(32));
  return { table: draw, go: draw };
}
