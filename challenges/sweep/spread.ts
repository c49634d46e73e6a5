/** How far apart the releases of one instant were, milliseconds after the first. */
export interface Spread {
  readonly count: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/**
 * Spread of releases. A quantile `q` is the smallest value that at least the share `q` of all is not above.
 * @param afterMs milliseconds after the first of them, in any order
 * @returns null of none
 */
export function spreadOf(afterMs: readonly number[]): Spread | null {
  const sorted = [...afterMs].sort((a, b) => a - b);
  const quantile = (q: number) => sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
  if (sorted.length === 0) return null;
  return { count: sorted.length, medianMs: quantile(0.5), p99Ms: quantile(0.99), maxMs: quantile(1) };
}
