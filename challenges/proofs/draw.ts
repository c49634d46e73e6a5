/** A uniform integer from 0 to `below - 1`. Production passes `node:crypto`'s `randomInt`. */
export type RandomInt = (below: number) => number;

/**
 * `count` different integers below `total`, each set equally likely; all of them where there are fewer, since opening
 * one twice proves nothing.
 */
export function drawDistinct(total: number, count: number, randomInt: RandomInt): number[] {
  // Floyd's sampling: one draw each, without ever drawing twice.
  const drawn = new Set<number>();
  for (let last = Math.max(total - count, 0); last < total; last++) {
    const candidate = randomInt(last + 1);
    drawn.add(drawn.has(candidate) ? last : candidate);
  }
  return [...drawn];
}
