/** Node's longest timer. */
const longestTimerMs = 2 ** 31 - 1;
/** Mean time to the probe after a line came back: soon, and still nobody knows when. */
const afterLineMeanMs = 30_000;
/** A probe that the line was too slow for is asked anew within so many seconds. */
const againMs = { least: 1_000, most: 5_000 };

/**
 * Why a card's next probe comes sooner than usual: `again` after a slow line, `line` after a lost one. Null: as usual.
 */
export type Hurry = 'again' | 'line' | null;

/**
 * Milliseconds until a card's next probe. Usual ones form a Poisson process: it has no memory, so drawing anew whenever
 * something came between neither hastens nor delays one.
 *
 * @param meanMs mean time between usual probes
 * @param uniform in [0, 1)
 */
export function nextProbeMs(hurry: Hurry, meanMs: number, uniform: number): number {
  if (hurry === 'again') return againMs.least + uniform * (againMs.most - againMs.least);
  const mean = hurry === 'line' ? Math.min(afterLineMeanMs, meanMs) : meanMs;
  return Math.min(longestTimerMs, -Math.log(1 - uniform) * mean);
}
