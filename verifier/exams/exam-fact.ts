import type { Code } from '../../protocol/codes/table.js';
import type { CardClaim } from '../../protocol/messages/cards.js';
import type { Check } from '../../protocol/status.js';
import { type CardClass, type Catalogue, unlistedId } from '../../scoring/catalogue/catalogue.js';
import type { ExamFact, MemoryPart } from '../../scoring/facts/facts.js';
import { confirmedByMeasurement, measuredAs, withoutBlame } from '../../scoring/judge/by-measurement.js';
import { type CardVerdict, judgeCard, type PartVerdict } from '../../scoring/judge/card.js';
import { named } from '../../scoring/judge/check.js';
import { judgeCompute } from '../../scoring/judge/compute.js';
import { judgeMemory } from '../../scoring/judge/memory.js';
import type { CardRecord, ComputeTask, MemoryTask, PartRecord } from './card-exam.js';
import type { Commitment } from './part-exam.js';

export interface ExamContext {
  readonly id: string;
  readonly at: number;
  readonly device: string;
  readonly exam: string;
  readonly sweep: string | null;
  readonly card: number;
  /** What was claimed of the card when the exam began. */
  readonly claim: CardClaim;
  /** That it was asked as. */
  readonly cardClass: CardClass;
  readonly byMeasurement: boolean;
  /** What cards of no listed name are measured by. */
  readonly catalogue: Catalogue;
  /** Time that a card has from `go` to its commit, in the compute part and in the walk. */
  readonly commitMs: number;
  readonly walkMs: number | null;
}

/** What goes on record about one card's exam: the verdict, and all that is needed to reach it again. */
export function examFact(context: ExamContext, { compute, memory }: CardRecord): ExamFact {
  const { id, at, device, exam, sweep, card, claim, cardClass, byMeasurement } = context;
  const { task, attempts, result } = compute;
  const { commitment } = result;
  const judged = <V extends PartVerdict>(verdict: V) => (byMeasurement ? withoutBlame(verdict) : verdict);
  const computed = judged(judgeComputePart(context, compute));
  const walked = memory === null ? null : judged(judgeMemoryPart(context, memory));
  const verdict = judgeCard(cardClass, computed, walked);
  const {
    outcome,
    reasons,
    class: proven,
    checks,
  } = byMeasurement ? confirmedByMeasurement(verdict, cardClass) : verdict;
  return {
    kind: 'exam.finished',
    id,
    at,
    device,
    exam,
    sweep,
    card,
    claim,
    examKind: 'joint',
    attempts,
    outcome,
    reasons,
    claimedClass: byMeasurement ? unlistedId : cardClass.id,
    class: proven,
    engine: engineOf(compute),
    shape: task.shape,
    seed: commitment?.seed ?? null,
    roots: [...(commitment?.roots ?? [])],
    openings: commitment?.part === 'compute' ? [...commitment.openings] : [],
    pagesRight: rightOf(compute),
    elapsedMs: commitment?.elapsedMs ?? null,
    roundTripMs: commitment?.roundTripMs ?? null,
    lagMs: commitment?.lagMs ?? null,
    gflops: computed.gflops,
    ...nextClass(context, { compute, memory }, { verdict, computed, walked }),
    memory: memory === null ? null : memoryPart(memory, walked?.bandwidthGBps ?? null),
    checks,
  };
}

function memoryPart(record: PartRecord<MemoryTask>, bandwidthGBps: number | null): MemoryPart {
  const { task, attempts, tableSeed, buildMs, result } = record;
  const { commitment } = result;
  return {
    engine: engineOf(record),
    attempts,
    shape: task.shape,
    tableSeed,
    walkSeed: commitment?.seed ?? null,
    roots: [...(commitment?.roots ?? [])],
    openings: commitment?.part === 'memory' ? [...commitment.openings] : [],
    walkersRight: rightOf(record),
    buildMs,
    elapsedMs: commitment?.elapsedMs ?? null,
    roundTripMs: commitment?.roundTripMs ?? null,
    lagMs: commitment?.lagMs ?? null,
    bandwidthGBps,
  };
}

/** Of a card of no listed name: as what it is asked next. */
function nextClass(
  { catalogue, claim, cardClass, byMeasurement }: ExamContext,
  { compute, memory }: CardRecord,
  { verdict, computed, walked }: { verdict: CardVerdict; computed: Computed; walked: Walked | null },
): Pick<ExamFact, 'measuredAs'> {
  if (!byMeasurement && cardClass.id !== unlistedId) return {};
  const engine = engineOf(compute);
  const { gflops } = computed;
  const bandwidthGBps = walked?.bandwidthGBps ?? null;
  const shown = engine !== null && gflops !== null && bandwidthGBps !== null && memory !== null;
  const measured = shown
    ? { claim, engine, gflops, bandwidthGBps, shape: memory.task.shape, buildMs: memory.buildMs }
    : null;
  return {
    measuredAs: measuredAs(catalogue, { verdict, asked: byMeasurement ? cardClass : null, measured }),
  };
}

type Computed = PartVerdict & { readonly gflops: number | null };
type Walked = PartVerdict & { readonly bandwidthGBps: number | null };

function judgeComputePart(context: ExamContext, { task, result }: PartRecord<ComputeTask>): Computed {
  if (result.kind === 'unproven') {
    return { ...unproven('compute', result, context.commitMs), gflops: null };
  }
  const { commitment, right, code } = result;
  return judgeWithLag(commitment, 'rate.below-class', (elapsedMs) =>
    judgeCompute({
      class: context.cardClass,
      engine: commitment.engine,
      shape: task.shape,
      elapsedMs,
      roundTripMs: commitment.roundTripMs,
      proof: { right, opened: commitment.openings.length, code },
    }),
  );
}

function judgeMemoryPart(context: ExamContext, { task, buildMs, result }: PartRecord<MemoryTask>): Walked {
  if (result.kind === 'unproven') {
    return { ...unproven('memory', result, context.walkMs ?? context.commitMs), bandwidthGBps: null };
  }
  const { commitment, right, code } = result;
  return judgeWithLag(commitment, 'bandwidth.below-class', (elapsedMs) =>
    judgeMemory({
      class: context.cardClass,
      shape: task.shape,
      buildMs,
      elapsedMs,
      roundTripMs: commitment.roundTripMs,
      proof: { right, opened: commitment.openings.length, code },
    }),
  );
}

/**
 * Where we stood still while it answered, and that may be all that was slow, the part is ours. It is not taken off its
 * time: a cheat that can make us stand still would gain by it. Asked again instead.
 */
function judgeWithLag<V extends PartVerdict>(
  { elapsedMs, lagMs }: Pick<Commitment, 'elapsedMs' | 'lagMs'>,
  slow: Code,
  judge: (elapsedMs: number) => V,
): V {
  const verdict = judge(elapsedMs);
  const tooSlow = (judged: V) => judged.reasons.includes(slow);
  if (!tooSlow(verdict) || tooSlow(judge(elapsedMs - lagMs))) return verdict;
  return {
    ...verdict,
    outcome: 'ours',
    reasons: ['exam.ours'],
    class: null,
    checks: verdict.checks.map(unjudged),
  };
}

/** A check that failed where the exam decides nothing: shown with its figures, without the verdict. */
function unjudged(check: Check): Check {
  return check.verdict === 'fail' ? { ...check, verdict: 'not judged', ...named('exam.ours') } : check;
}

/** A part that ended without a proof in time. */
function unproven(
  part: 'compute' | 'memory',
  { outcome, reason }: Extract<PartRecord['result'], { kind: 'unproven' }>,
  withinMs: number,
): PartVerdict {
  const check: Check = {
    check: `${part}.answer`,
    measured: 0,
    required: 1,
    relation: 'at least',
    unit: `proof within ${withinMs / 1000} s`,
    verdict: outcome === 'failed' ? 'fail' : 'not judged',
    ...named(reason),
  };
  return { outcome, reasons: [reason], class: null, checks: [check] };
}

function engineOf({ result }: PartRecord): string | null {
  return result.kind === 'checked' ? result.commitment.engine : result.engine;
}

const rightOf = ({ result }: PartRecord): number => (result.kind === 'checked' ? result.right : 0);

/** Of a card that passed, but not together with the others of its device: it shows nothing, and is asked again. */
export function withdrawn(fact: ExamFact): ExamFact {
  const { class: shown, measuredAs: next } = fact;
  const kept = next !== undefined && { measuredAs: next === shown ? next : null };
  return { ...fact, outcome: 'unanswered', reasons: ['exam.apart'], class: null, ...kept };
}
