import type { Code } from '../../protocol/codes/table.js';
import type { Check, ExamOutcome } from '../../protocol/status.js';
import { type CardClass, unlistedId } from '../catalogue/catalogue.js';

/** How one part of a card's exam came out: judged, or without a proof to judge. */
export interface PartVerdict {
  readonly outcome: ExamOutcome;
  readonly reasons: readonly Code[];
  /** What the part supports; null where it supports nothing. */
  readonly class: string | null;
  readonly checks: readonly Check[];
}

export interface CardVerdict {
  readonly outcome: ExamOutcome;
  readonly reasons: Code[];
  readonly class: string | null;
  readonly checks: Check[];
}

/** From the one that decides most. A failure is not undone by silence in the other part, nor by a fault of ours there. */
const fromWorst: readonly ExamOutcome[] = ['failed', 'unanswered', 'ours', 'passed'];

/**
 * The verdict on a card whose exam has two parts. Its outcome is the worst of both, with the reasons of those that came
 * out so. A class is confirmed by both: a GPU that passed without showing its memory is `unlisted`, else whoever lacks
 * the memory would leave the engine out.
 *
 * @param memory null where it was not asked: the compute part was not proven, or the card has no engine for it
 */
export function judgeCard(
  { kind }: Pick<CardClass, 'kind'>,
  compute: PartVerdict,
  memory: PartVerdict | null,
): CardVerdict {
  const parts = memory === null ? [compute] : [compute, memory];
  const outcome = fromWorst.find((one) => parts.some((part) => part.outcome === one)) ?? compute.outcome;
  const checks = parts.flatMap((part) => part.checks);
  const reasons = unique(parts.filter((part) => part.outcome === outcome).flatMap((part) => part.reasons));
  if (outcome !== 'passed') return { outcome, reasons, class: null, checks };
  if (memory === null && kind === 'gpu') {
    return { outcome, reasons: unique([...reasons, 'memory.not-examined']), class: unlistedId, checks };
  }
  const confirmed = parts.every((part) => part.class !== unlistedId);
  return { outcome, reasons, class: confirmed ? compute.class : unlistedId, checks };
}

const unique = (codes: readonly Code[]): Code[] => [...new Set(codes)];
