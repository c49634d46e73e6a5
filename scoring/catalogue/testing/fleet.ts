import type { FleetSample } from '../learn.js';

/** One GPU of a fleet: what it does, and whose it is. */
export interface FleetCard {
  readonly gflops: number;
  readonly owner: string;
}

/** What `scoring/queries/learn.ts` says of such GPUs. @param floor published; without, all are held against it (`own`) */
export function sampleOf(
  cards: readonly FleetCard[],
  { floor, own, engine = 'onnx-cuda' }: { floor: number; own: boolean; engine?: string },
): FleetSample {
  const confirmed = cards.filter(({ gflops }) => gflops >= floor);
  const owners = new Map<string, number>();
  for (const { owner } of confirmed) owners.set(owner, (owners.get(owner) ?? 0) + 1);
  return {
    class: 'hundred',
    engine,
    cards: confirmed.length,
    owners: owners.size,
    largestOwner: Math.max(0, ...owners.values()),
    q02: quantileExact(confirmed, 0.02),
    q50: quantileExact(confirmed, 0.5),
    seenQ02: quantileExact(own ? confirmed : cards, 0.02),
  };
}

/** As ClickHouse's `quantileExact`: the value at that share of the places, never between two. 0 without values. */
export function quantileExact(cards: readonly FleetCard[], level: number): number {
  const sorted = cards.map(({ gflops }) => gflops).toSorted((a, b) => a - b);
  return sorted[level < 1 ? Math.floor(level * sorted.length) : sorted.length - 1] ?? 0;
}
