import type { Opening } from '../../protocol/messages/reveals.js';
import type { ComputeShape } from '../../protocol/shapes.js';
import { drawDistinct, type RandomInt } from '../proofs/draw.js';

/**
 * Draws which pages to open: `count` different ones of all rounds, each set equally likely; all of them where a shape
 * has fewer. Drawn only after the commit (docs/protocol.md section 2).
 */
export function drawOpenings(
  { pages, rounds }: Pick<ComputeShape, 'pages' | 'rounds'>,
  count: number,
  randomInt: RandomInt,
): Opening[] {
  return drawDistinct(pages * rounds, count, randomInt).map((at) => ({
    round: Math.floor(at / pages),
    page: at % pages,
  }));
}
