/** How many of the latest rates count. */
export const lookBack = 10;

/**
 * Median of the last ten proven rates, each as a share of the class's expectation and at most 1; null without any.
 * Capped one by one and not at the end: else a card could make up for slow exams by fast ones, and an exam at the
 * full rate could lower a score by pushing a faster one out.
 *
 * @param gflops proven rates, oldest first
 * @param expected the class's expectation for the engine, in the same unit, above 0
 */
export function performance(gflops: readonly number[], expected: number): number | null {
  const shares = gflops.slice(-lookBack).map((rate) => Math.min(1, rate / expected));
  return shares.length === 0 ? null : median(shares);
}

/** Middle value, or the mean of the middle two. NaN without any. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = Math.floor(sorted.length / 2);
  const lower = Math.ceil(sorted.length / 2) - 1;
  return ((sorted[lower] ?? Number.NaN) + (sorted[upper] ?? Number.NaN)) / 2;
}
