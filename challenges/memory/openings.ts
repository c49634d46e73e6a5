import type { WalkerOpening } from '../../protocol/messages/reveals.js';
import type { MemoryShape } from '../../protocol/shapes.js';
import { drawDistinct, type RandomInt } from '../proofs/draw.js';

/**
 * Draws which walkers to open: `count` different ones of all rounds, each set equally likely; all of them where a shape
 * has fewer. Drawn only after the commit (docs/protocol.md section 3).
 */
export function drawWalkers(
  { walkers, rounds }: Pick<MemoryShape, 'walkers' | 'rounds'>,
  count: number,
  randomInt: RandomInt,
): WalkerOpening[] {
  return drawDistinct(walkers * rounds, count, randomInt).map((at) => ({
    round: Math.floor(at / walkers),
    walker: at % walkers,
  }));
}
