import type { Opening } from '../../protocol/messages/exam.js';
import type { ComputeShape } from '../../protocol/shapes.js';

/** A uniform integer from 0 to `below - 1`. Production passes `node:crypto`'s `randomInt`. */
export type RandomInt = (below: number) => number;

/**
 * Draws which pages to open: `count` different ones of all rounds, each set equally likely; all of them where a shape
 * has fewer, since opening one twice proves nothing. Drawn only after the commit (docs/protocol.md section 2).
 */
export function drawOpenings(
  shape: Pick<ComputeShape, 'pages' | 'rounds'>,
  count: number,
  randomInt: RandomInt,
): Opening[] {
  const total = shape.pages * shape.rounds;
  // Floyd's sampling: one draw each, without ever drawing twice.
  const drawn = new Set<number>();
  for (let last = Math.max(total - count, 0); last < total; last++) {
    const candidate = randomInt(last + 1);
    drawn.add(drawn.has(candidate) ? last : candidate);
  }
  return [...drawn].map((at) => ({ round: Math.floor(at / shape.pages), page: at % shape.pages }));
}
