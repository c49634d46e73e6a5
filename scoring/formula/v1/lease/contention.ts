import type { WitnessStatement } from '../../../../protocol/messages/lease.js';
import type { LeaseFigures, ReceiptEntry } from '../../../../protocol/messages/receipt.js';
import { quantile } from '../../../judge/quantile.js';

/** A card that is no busier than this is idle, 0 to 1. */
const idleLoad = 0.1;
/** What the witness said counts for the probes of so many milliseconds before and after it. */
const witnessedMs = 5 * 60_000;
/** Fewer idle probes say nothing. */
export const fewestIdleProbes = 5;
/** An idle probe is slow beyond both of these: lines and hosts are never quite steady. */
export const slowProbe = { ratio: 1.25, milliseconds: 10 } as const;

/** An entry as this formula reads it; those of a receipt fit. */
export type TimedEntry = Pick<ReceiptEntry, 'kind' | 'at' | 'outcome' | 'code' | 'elapsedMs' | 'load'>;
/** What the witness said; its statements fit. `at` is by its own clock. */
export type Witnessed = Pick<WitnessStatement, 'card' | 'at' | 'load'>;

type Contention = Pick<LeaseFigures, 'contentionIndex' | 'idleProbes' | 'slowIdleProbes'>;

/**
 * How much slower a card's probes are while its tenant is idle than they are by themselves (docs/scoring.md, "Leases").
 *
 * @param baselineMs of the card's own idle probes; null: there is nothing to hold against
 * @param witness of this card, in any order
 */
export function contention(
  entries: readonly TimedEntry[],
  baselineMs: number | null,
  witness: readonly Witnessed[],
): Contention {
  const said = witness.filter(({ load }) => load !== null).toSorted((a, b) => a.at - b.at);
  const idle = entries.flatMap((entry) => idleTime(entry, said));
  if (baselineMs === null || baselineMs <= 0) {
    return { contentionIndex: null, idleProbes: idle.length, slowIdleProbes: 0 };
  }
  const slow = idle.filter((time) => isSlow(time, baselineMs));
  const index = idle.length < fewestIdleProbes ? null : quantile(idle, 0.5) / baselineMs;
  return { contentionIndex: index, idleProbes: idle.length, slowIdleProbes: slow.length };
}

const isSlow = (time: number, baseline: number): boolean =>
  time > slowProbe.ratio * baseline && time > baseline + slowProbe.milliseconds;

/** Time of a probe whose walk was right, in time or late, while the tenant was idle. */
function idleTime(entry: TimedEntry, said: readonly Witnessed[]): number[] {
  const { kind, outcome, code, elapsedMs } = entry;
  if (kind !== 'probe' || elapsedMs === null) return [];
  if (outcome !== 'passed' && code !== 'probe.late') return [];
  return isIdle(entry, said) ? [elapsedMs] : [];
}

/**
 * The tenant knows best: where its witness spoke just before or after, what the host says counts no more.
 * @param said in the order of time, each with a load
 */
function isIdle({ at, load }: TimedEntry, said: readonly Witnessed[]): boolean {
  const next = firstFrom(said, at);
  const [before, after] = [said[next - 1], said[next]];
  const near = [...sameTime(said, before), ...sameTime(said, after)].filter(
    (one) => Math.abs(one.at - at) <= witnessedMs,
  );
  if (near.length === 0) return load !== null && load <= idleLoad;
  return near.every((one) => (one.load ?? 1) <= idleLoad);
}

/** All that was said in the same millisecond: their order must not matter. */
function sameTime(said: readonly Witnessed[], one: Witnessed | undefined): readonly Witnessed[] {
  return one === undefined ? [] : said.slice(firstFrom(said, one.at), firstFrom(said, one.at + 1));
}

/** Place of the first that was said at `at` or later. */
function firstFrom(said: readonly Witnessed[], at: number): number {
  let [low, high] = [0, said.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((said[middle]?.at ?? at) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
