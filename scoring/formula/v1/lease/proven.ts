import type { Code } from '../../../../protocol/codes/table.js';
import type { ReceiptEntry, ReceiptGap } from '../../../../protocol/messages/receipt.js';
import { joined, lengthOf, type Stretch, within, without } from './stretches.js';

/**
 * Two answers that are further apart than this prove nothing between them, milliseconds of our service. At a probe every ten
 * minutes an honest card waits so long once in 160,000 times; a device that nobody can ask must not count as there.
 */
export const longestSilenceMs = 2 * 3600_000;

/** An entry as this formula reads it; those of a receipt fit. */
export type ProvingEntry = Pick<ReceiptEntry, 'kind' | 'at' | 'outcome' | 'code' | 'outage'>;

/** The transcript of a card over some time, such as a lease. */
export interface CardCourse {
  /** Begin and end, milliseconds since 1970 UTC. At the begin the card is proven to be there. */
  readonly from: number;
  readonly to: number;
  /** In any order. */
  readonly entries: readonly ProvingEntry[];
  /** When we were out. */
  readonly ours: readonly Stretch[];
  /** Whether the card is known to be there at the end: the exam at the return was passed, or the time goes on. */
  readonly endProven: boolean;
}

export interface Proven {
  readonly stretches: readonly Stretch[];
  /** What is not proven, in order, without the time that we were out. */
  readonly gaps: readonly ReceiptGap[];
}

/**
 * Which time of a card is proven (docs/scoring.md, "Leases"). A card is seen at the begin, in each passed probe, and for as
 * long as an outage is credited. What lies between two sights is proven where no probe failed or went unanswered in it, and
 * it is not longer than `longestSilenceMs`.
 */
export function provenTime(course: CardCourse): Proven {
  const whole = { from: course.from, to: Math.max(course.from, course.to) };
  const ours = joined(course.ours);
  const credited = course.entries.flatMap((entry) => creditedStretch(entry, whole));
  const sights = [...credited, ...course.entries.flatMap((entry) => seenAt(entry, whole)), at(whole.from)];
  if (course.endProven) sights.push(at(whole.to));
  const silences = between(sights);
  const last = sights.reduce((latest, { to }) => Math.max(latest, to), whole.from);
  const tail = course.endProven ? [] : [{ from: last, to: whole.to }];
  const breaks = course.entries.filter(isBreak);
  const lacking = silences.flatMap((silence) => lackOf(silence, breaks, ours));
  const unproven = [...lacking, ...tail.map((one) => ({ ...one, code: tailCode(one, breaks) }))];
  const gaps = unproven.flatMap(({ code, ...gap }) =>
    without(gap, ours).map((piece) => ({ ...piece, code })),
  );
  return { stretches: without(whole, unproven), gaps };
}

const at = (time: number): Stretch => ({ from: time, to: time });

function seenAt({ kind, outcome, at: time }: ProvingEntry, { from, to }: Stretch): Stretch[] {
  return kind === 'probe' && outcome === 'passed' && time >= from && time <= to ? [at(time)] : [];
}

function creditedStretch({ outage }: ProvingEntry, whole: Stretch): Stretch[] {
  if (outage === null || outage.creditedMs <= 0) return [];
  const credited = within({ from: outage.from, to: outage.from + outage.creditedMs }, whole);
  return credited.to > credited.from ? [credited] : [];
}

/** What an exam or a probe of ours spoiled counts for nobody; an outage only adds what it is credited. */
const isBreak = ({ kind, outcome }: ProvingEntry): boolean =>
  kind === 'probe' && (outcome === 'failed' || outcome === 'unanswered');

/** The time between neighbouring sights. */
function between(sights: readonly Stretch[]): Stretch[] {
  const ordered = sights.toSorted((a, b) => a.from - b.from || a.to - b.to);
  const silences: Stretch[] = [];
  let seenUntil = ordered[0]?.to ?? 0;
  for (const { from, to } of ordered) {
    if (from > seenUntil) silences.push({ from: seenUntil, to: from });
    seenUntil = Math.max(seenUntil, to);
  }
  return silences;
}

/** The silence itself with its code, where it proves nothing. */
function lackOf(
  silence: Stretch,
  breaks: readonly ProvingEntry[],
  ours: readonly Stretch[],
): (Stretch & { readonly code: string })[] {
  const code = firstCode(silence, breaks);
  if (code !== null) return [{ ...silence, code }];
  const silentMs = lengthOf(without(silence, ours));
  return silentMs > longestSilenceMs ? [{ ...silence, code: 'receipt.unproven' satisfies Code }] : [];
}

const tailCode = (tail: Stretch, breaks: readonly ProvingEntry[]): string =>
  firstCode(tail, breaks) ?? ('lease.return-unproven' satisfies Code);

/** A break at either end counts: entries have no order within a millisecond. */
function firstCode({ from, to }: Stretch, breaks: readonly ProvingEntry[]): string | null {
  const inside = breaks.filter((one) => one.at >= from && one.at <= to);
  const [first] = inside.toSorted((a, b) => a.at - b.at || (a.code < b.code ? -1 : 1));
  return first?.code ?? null;
}
