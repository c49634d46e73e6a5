import type { RandomBytes } from '../../protocol/clock.js';
import { type Code, codeTable, isCode } from '../../protocol/codes/table.js';
import type { CardClaim } from '../../protocol/messages/cards.js';
import type { ExamFact, TransitionFact } from '../../scoring/facts/facts.js';
import { type IntegrityScore, scoreDevice } from '../../scoring/formula/v1/v1.js';
import type { Standing } from '../hardware/hardware-book.js';
import type { DeviceState } from './devices.js';
import type { ExamHistory } from './histories.js';
import { transitionFact } from './transition-fact.js';
import type { TransitionCause } from './transitions.js';

/** A reason that proves a lie on its own. */
const isHard = (reason: string): boolean => isCode(reason) && codeTable[reason].hard === true;

/**
 * What one exam of all cards of a device means for its status; null when nothing changes. The policy, in order:
 *
 * 1. hard evidence on any card quarantines, whatever the device claims by now; all else needs `asClaimed`;
 * 2. under examination: any failed card rejects, and anything unanswered is asked again. When all cards that an engine
 *    can examine have passed and integrity is high enough, it is verified, unless one says of itself that it is a slice
 *    and is claimed as a whole one: that rejects. A card that no engine can examine has no class, and the reasons say so;
 * 3. verified or suspended: integrity over all outcomes, this exam's included, decides.
 *
 * @param asClaimed the device still claims the hardware that was examined
 * @param standing what stands against it by its own word; null where nothing does
 */
export function decide(
  state: DeviceState,
  before: ExamHistory,
  exams: readonly ExamFact[],
  asClaimed: boolean,
  now: { readonly at: number; readonly random: RandomBytes },
  standing: Standing | null = null,
): TransitionFact | null {
  const integrity = integrityAfter(state, before, exams);
  const verdict = hardVerdict(exams) ?? (asClaimed ? verdictOn(state, exams, integrity, standing) : null);
  if (verdict === null) return null;
  return transitionFact(state, verdict.cause, {
    ...now,
    reasons: verdict.reasons,
    evidence: verdict.because,
    inputs: {
      integrity: integrity.value,
      alpha: integrity.alpha,
      beta: integrity.beta,
      ...(verdict.card !== undefined && { card: verdict.card }),
    },
    thresholds: { integrity: integrity.threshold },
  });
}

function integrityAfter(state: DeviceState, before: ExamHistory, exams: readonly ExamFact[]): IntegrityScore {
  const cards = state.enrolment.cards.map((_, card) => ({ card, class: null, expectedGflops: null }));
  return scoreDevice({ cards, exams: [...before.outcomes, ...exams], presence: { up: 0, countable: 0 } })
    .integrity;
}

interface Verdict {
  readonly cause: TransitionCause;
  readonly reasons: readonly Code[];
  /** Ids of facts. */
  readonly because: readonly string[];
  /** Place in the report of the card that it is about, where it is about one. */
  readonly card?: number;
}

function hardVerdict(exams: readonly ExamFact[]): Verdict | null {
  const hard = exams.filter(({ reasons }) => reasons.some(isHard));
  return hard.length > 0 ? { cause: 'condemned', reasons: reasonsOf(hard), because: idsOf(hard) } : null;
}

function verdictOn(
  { status, enrolment }: DeviceState,
  exams: readonly ExamFact[],
  { value, threshold }: IntegrityScore,
  standing: Standing | null,
): Verdict | null {
  if (status === 'examining')
    return onboarding(exams, cardsWithoutEngine(enrolment.cards), value >= threshold, standing);
  if (status === 'verified' && value < threshold) {
    return { cause: 'dropped', reasons: ['integrity.low'], because: idsOf(exams) };
  }
  if (status === 'suspended' && value >= threshold && standing === null) {
    return { cause: 'restored', reasons: ['exam.passed'], because: idsOf(exams) };
  }
  return null;
}

function onboarding(
  exams: readonly ExamFact[],
  unexamined: boolean,
  integrous: boolean,
  standing: Standing | null,
): Verdict | null {
  const failed = exams.filter(({ outcome }) => outcome === 'failed');
  if (failed.length > 0) {
    const verdict: Verdict = { cause: 'failed', reasons: reasonsOf(failed), because: idsOf(failed) };
    return standing === null ? verdict : refused(standing, verdict);
  }
  if (exams.length === 0 || exams.some(({ outcome }) => outcome !== 'passed')) return null;
  if (standing !== null) return refused(standing);
  // One pass does not make up for a history of failures, under whatever hardware it was earned.
  if (!integrous) return { cause: 'failed', reasons: ['integrity.low'], because: idsOf(exams) };
  const reasons = reasonsOf(exams);
  return {
    cause: 'passed',
    reasons: unexamined ? [...reasons, 'card.not-examinable'] : reasons,
    because: idsOf(exams),
  };
}

/** By its own word a slice that is claimed as a whole card. What the exams showed beside is told with it. */
function refused(
  { fact, refusals }: Standing,
  shown: Pick<Verdict, 'reasons' | 'because'> = { reasons: [], because: [] },
): Verdict {
  const codes = [...new Set(refusals.map(({ code }) => code))].filter(isCode);
  const [card = null] = refusals.map((refusal) => refusal.card);
  return {
    cause: 'failed',
    reasons: [...codes, ...shown.reasons],
    because: [fact, ...shown.because],
    ...(refusals.length === 1 && card !== null && { card }),
  };
}

const idsOf = (facts: readonly ExamFact[]): string[] => facts.map(({ id }) => id);

const cardsWithoutEngine = (cards: readonly CardClaim[]): boolean =>
  cards.some(({ engine }) => engine === null);

/** The reasons of several exams, each once; only those that the table knows. */
function reasonsOf(exams: readonly ExamFact[]): Code[] {
  return [...new Set(exams.flatMap(({ reasons }) => reasons))].filter(isCode);
}
