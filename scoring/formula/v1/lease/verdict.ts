import type { Code } from '../../../../protocol/codes/table.js';
import type {
  LeaseFigures,
  ReceiptCard,
  ReceiptEntry,
  ReceiptVerdict,
} from '../../../../protocol/messages/receipt.js';
import { chanceOfAtLeast } from './chance.js';
import { fewestIdleProbes } from './contention.js';
import { longestSilenceMs } from './proven.js';

/** Share of a lease that must be proven for a clean verdict. */
export const wholeShare = 0.95;
/** Answers that an honest card spoils by hiccups of its own, and idle probes that something harmless makes slow. */
const honest = { failsExam: 0.02, breaks: 0.02, slow: 0.05 } as const;
/** How seldom an honest card may look like that by chance. */
const seldom = { absent: 0.05, contended: 1e-4 } as const;
/** Fewer probes than these say nothing about presence. */
const fewestProbes = 5;
/** A use of the card for this share of the lease is what a clean verdict speaks about. */
const noticedShare = 0.1;
const meanWaitMs = 10 * 60_000;

/** A card of a receipt, as the verdict reads it. */
export interface JudgedCard {
  readonly handOver: Pick<NonNullable<ReceiptCard['handOver']>, 'outcome' | 'reasons'> | null;
  readonly return: Pick<NonNullable<ReceiptCard['return']>, 'outcome' | 'reasons'> | null;
  readonly entries: readonly Pick<ReceiptEntry, 'kind' | 'outcome'>[];
  readonly gaps: readonly { readonly code: string }[];
  readonly figures: LeaseFigures;
}

/**
 * What a receipt says in one word (docs/scoring.md, "Leases"): of the verdicts that fit any card, the first of not-whole,
 * contended, absent, unproven, whole.
 *
 * @param ended false while the lease goes on: then nobody misses the exam at its end
 */
export function receiptVerdict(cards: readonly JudgedCard[], ended: boolean): ReceiptVerdict {
  const judged = cards.map((card) => judgeLease(card, ended));
  for (const outcome of ['not-whole', 'contended', 'absent', 'unproven'] as const) {
    const those = judged.filter((one) => one.outcome === outcome);
    if (those.length > 0) return joinedVerdict(those, Math.max);
  }
  return judged.length > 0 ? joinedVerdict(judged, Math.min) : unproven([]);
}

function joinedVerdict(
  verdicts: readonly ReceiptVerdict[],
  pick: (...values: number[]) => number,
): ReceiptVerdict {
  const reasons = [...new Set(verdicts.flatMap((one) => one.reasons))];
  const [first] = verdicts;
  const confidence = pick(...verdicts.map((one) => one.confidence));
  return { outcome: first?.outcome ?? 'unproven', confidence, reasons };
}

function judgeLease(card: JudgedCard, ended: boolean): ReceiptVerdict {
  const failed = [card.handOver, card.return].filter((exam) => exam?.outcome === 'failed');
  if (failed.length > 0) {
    const reasons = failed.flatMap((exam) => exam?.reasons ?? []);
    return verdict('not-whole', 'receipt.not-whole', 1 - honest.failsExam, reasons);
  }
  const { idleProbes, slowIdleProbes, contentionIndex, provenShare, longestGapMs } = card.figures;
  const byChance = chanceOfAtLeast(slowIdleProbes, idleProbes, honest.slow);
  const mostlySlow = idleProbes >= fewestIdleProbes && slowIdleProbes * 2 > idleProbes;
  if (mostlySlow && byChance <= seldom.contended) {
    return verdict('contended', 'receipt.contended', 1 - byChance, []);
  }
  const gapCodes = card.gaps.map(({ code }) => code);
  if (provenShare === null || provenShare < wholeShare) {
    const confidence = absentConfidence(card.entries, longestGapMs);
    if (confidence < 1 - seldom.absent) return unproven(gapCodes);
    return verdict('absent', 'receipt.absent', confidence, gapCodes);
  }
  const exams = ended ? [card.handOver, card.return] : [card.handOver];
  const examined = exams.every((exam) => exam?.outcome === 'passed');
  const passed = probesOf(card.entries, ['passed']);
  // Without idle probes nothing speaks against a foreign load either: a host that always says "busy" gets no clean verdict.
  if (!examined || passed < fewestProbes || contentionIndex === null) return unproven(gapCodes);
  return verdict('whole', 'receipt.whole', 1 - (1 - noticedShare) ** passed, []);
}

/** How sure it is that a card which was there would not have looked like this, 0 to 1. */
function absentConfidence(entries: JudgedCard['entries'], longestGapMs: number): number {
  const broken = probesOf(entries, ['failed', 'unanswered']);
  const asked = broken + probesOf(entries, ['passed']);
  const byProbes = asked < fewestProbes ? 0 : 1 - chanceOfAtLeast(broken, asked, honest.breaks);
  // Whatever the mean of a lease was: it is no longer than the ten minutes of other cards, and with less it is surer still.
  const bySilence = longestGapMs > longestSilenceMs ? 1 - Math.exp(-longestSilenceMs / meanWaitMs) : 0;
  return Math.max(byProbes, bySilence);
}

const probesOf = (entries: JudgedCard['entries'], outcomes: readonly ReceiptEntry['outcome'][]): number =>
  entries.filter(({ kind, outcome }) => kind === 'probe' && outcomes.includes(outcome)).length;

function verdict(
  outcome: ReceiptVerdict['outcome'],
  code: Code,
  confidence: number,
  others: readonly string[],
): ReceiptVerdict {
  return { outcome, confidence, reasons: [...new Set([code, ...others])] };
}

const unproven = (others: readonly string[]): ReceiptVerdict =>
  verdict('unproven', 'receipt.unproven', 0, others);
