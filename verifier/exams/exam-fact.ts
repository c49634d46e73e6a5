import { type Code, codeTable, type ExamReasonCode } from '../../protocol/codes/table.js';
import type { CardClaim } from '../../protocol/messages/cards.js';
import type { Check } from '../../protocol/status.js';
import type { CardClass } from '../../scoring/catalogue/catalogue.js';
import type { ExamFact } from '../../scoring/facts.js';
import { judgeCompute } from '../../scoring/judge/compute.js';
import type { CardRecord } from './room.js';

export interface ExamContext {
  readonly id: string;
  readonly at: number;
  readonly device: string;
  readonly exam: string;
  readonly card: number;
  /** What was claimed of the card when the exam began. */
  readonly claim: CardClaim;
  readonly cardClass: CardClass;
  /** Smallest round trip seen on the connection, milliseconds; null when there is none any more. */
  readonly roundTripMs: number | null;
  /** Time that a card has from `go` to its commit. */
  readonly commitMs: number;
  /** Longest standstill of our own between two instants, milliseconds (`LoopLag.longestBetween`). */
  readonly lagBetween: (from: number, to: number) => number;
}

/** What goes on record about one card's exam: the verdict, and all that is needed to reach it again. */
export function examFact(context: ExamContext, { shape, attempts, result }: CardRecord): ExamFact {
  const { cardClass, roundTripMs, commitMs, lagBetween, ...ids } = context;
  const { commitment } = result;
  const common = {
    kind: 'exam.finished' as const,
    ...ids,
    examKind: 'compute' as const,
    attempts,
    claimedClass: cardClass.id,
    shape,
    seed: commitment?.seed ?? null,
    roots: [...(commitment?.roots ?? [])],
    openings: [...(commitment?.openings ?? [])],
    elapsedMs: commitment?.elapsedMs ?? null,
    roundTripMs,
  };
  if (result.kind === 'unproven') {
    const { outcome, reason, engine } = result;
    const checks = [answerCheck(outcome === 'failed' ? 'fail' : 'not judged', reason, commitMs)];
    return {
      ...common,
      engine,
      outcome,
      reasons: [reason],
      class: null,
      pagesRight: 0,
      gflops: null,
      checks,
    };
  }
  const { engine, elapsedMs, committedAt, openings } = result.commitment;
  const judge = (elapsed: number) =>
    judgeCompute({
      class: cardClass,
      engine,
      shape,
      elapsedMs: elapsed,
      roundTripMs,
      proof: { right: result.right, opened: openings.length, code: result.code },
    });
  const verdict = judge(elapsedMs);
  const lag = lagBetween(committedAt - elapsedMs, committedAt);
  const fact = { ...common, engine, pagesRight: result.right, ...verdict };
  const tooSlow = (judged: typeof verdict) => judged.reasons.includes('rate.below-class');
  if (!tooSlow(verdict) || tooSlow(judge(elapsedMs - lag))) return fact;
  // We stood still while it answered, and that may be all that was slow. Not taken off its time: a cheat that can make
  // us stand still would gain by it. Asked again instead.
  return {
    ...fact,
    outcome: 'ours',
    reasons: ['exam.ours'],
    class: null,
    checks: verdict.checks.map(unjudged),
  };
}

/** A check that failed where the exam decides nothing: shown with its figures, without the verdict. */
function unjudged(check: Check): Check {
  if (check.verdict !== 'fail') return check;
  return { ...check, verdict: 'not judged', code: 'exam.ours', fix: codeTable['exam.ours'].fix };
}

/** The check of an exam that ended without a proof in time. */
function answerCheck(verdict: Check['verdict'], code: ExamReasonCode, withinMs: number): Check {
  const { fix } = codeTable[code as Code];
  return {
    check: 'compute.answer',
    measured: 0,
    required: 1,
    relation: 'at least',
    unit: `proof within ${withinMs / 1000} s`,
    verdict,
    code,
    fix,
  };
}
