import type { Code } from '../../protocol/codes/table.js';
import type { CardClaim } from '../../protocol/messages/cards.js';
import type { ClassVerdict } from '../../protocol/messages/class-verdict.js';
import { tableBytes } from '../../protocol/shapes.js';
import { type CardClass, type Catalogue, unlistedId } from '../../scoring/catalogue/catalogue.js';
import { nobody } from '../../scoring/facts/base.js';
import type { ExamFact, MemoryPart, NetworkFact } from '../../scoring/facts/facts.js';
import type { Score } from '../../scoring/formula/v1/v1.js';
import type { HardwareRecord } from '../../scoring/queries/hardware.js';
import type { TimeWindow } from '../../scoring/queries/maintenance.js';
import type { DeviceState } from '../devices/devices.js';
import type { ExamHistory } from '../devices/histories.js';
import { isEligible, judgedExam, type LastProbes } from '../devices/proven.js';
import type { DisputedCard } from '../disputes/disputes-port.js';
import { findingDocuments } from './findings.js';
import { type KeptFacts, keptDocument } from './kept.js';
import { reasonOf, timeOf } from './reason.js';
import type { CardDispute, DeviceDocument, LastExam, MemoryResult, NetworkResult } from './schemas.js';
import { windowDocument } from './window.js';

/** All that the documents of a device are made of. */
export interface DeviceFacts {
  readonly state: DeviceState;
  readonly history: ExamHistory;
  readonly score: Score;
  /** Of each claimed card, by index. */
  readonly classes: readonly (CardClass | null)[];
  /** What the last judged exam of each card says that it is; null where none judged it. */
  readonly verdicts: readonly (ClassVerdict | null)[];
  readonly catalogue: Catalogue;
  /** What its host last said of itself comes to; null where it said nothing. */
  readonly hardware: Pick<HardwareRecord, 'at' | 'findings' | 'claims'> | null;
  /** Cards whose id another device claims too. */
  readonly disputes: readonly DisputedCard[];
  readonly connected: boolean;
  readonly kept: KeptFacts;
  /** Of its maintenance and of our quiet, by their begin: what has not ended. */
  readonly windows: readonly TimeWindow[];
  /** The last probes while its lease is active; null else. */
  readonly leased: LastProbes | null;
  /** Milliseconds since 1970; null where it was not seen since the verifier's start. */
  readonly lastSeenAt: number | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The public facts about a device: `GET /v1/devices/:id`. */
export function deviceDocument(facts: DeviceFacts): DeviceDocument {
  const { state, score, connected, lastSeenAt } = facts;
  return {
    id: state.device,
    name: state.enrolment.name,
    status: state.status,
    since: timeOf(state.statusSince),
    reasons: state.reasons.map(reasonOf),
    enrolledAt: timeOf(state.firstEnrolledAt),
    connected,
    lastSeenAt: lastSeenAt === null ? null : timeOf(lastSeenAt),
    agent: state.enrolment.agent,
    cards: cardDocuments(facts),
    ...reportedDocument(facts),
    network: networkResult(facts.history.network),
    ...pausedDocument(facts),
    scores: {
      formula: score.formula,
      integrity: score.integrity.value,
      availability: score.availability.value,
      availabilityLow: score.availability.low,
      performance: score.performance.value,
      reputation: score.reputation,
    },
  };
}

/** When nothing is begun for it: by its supplier's word, and by ours. */
export function pausedDocument({ windows }: DeviceFacts): Pick<DeviceDocument, 'maintenance' | 'quiet'> {
  const isQuiet = ({ device }: TimeWindow) => device === nobody;
  return {
    maintenance: windows.filter((window) => !isQuiet(window)).map(windowDocument),
    quiet: windows.filter(isQuiet).map(windowDocument),
  };
}

/** What its host says of itself, and what is odd about that. */
export function reportedDocument({
  hardware,
}: Pick<DeviceFacts, 'hardware'>): Pick<DeviceDocument, 'reportedAt' | 'findings'> {
  if (hardware === null) return { reportedAt: null, findings: [] };
  const { at, findings, claims } = hardware;
  return { reportedAt: timeOf(at), findings: findingDocuments(findings, claims) };
}

export function cardDocuments(facts: DeviceFacts): DeviceDocument['cards'] {
  const { state, history, classes, verdicts, disputes, now } = facts;
  return state.enrolment.cards.map((claim, card) => {
    const { kind, model, memoryBytes, engine, memoryEngine = null } = claim;
    const last = history.latest.get(card);
    const disputed = disputes.find((one) => one.card === card) ?? null;
    return {
      card,
      kind,
      model,
      memoryBytes,
      engine,
      memoryEngine,
      claimedClass: classes[card]?.id ?? unlistedId,
      class: judgedExam(history, claim, card)?.class ?? null,
      verdict: verdicts[card] ?? null,
      eligible: isEligible(facts, card, now),
      dispute: disputed === null ? null : disputeOf(disputed),
      reasons: cardReasons(claim, disputed).map(reasonOf),
      lastExam: last === undefined ? null : lastExamOf(last),
      ...keptDocument(facts.kept, card),
    };
  });
}

const disputeOf = ({ dispute, state, held, code }: DisputedCard): CardDispute => ({
  id: dispute,
  state,
  held,
  reason: reasonOf(code),
});

function cardReasons(claim: CardClaim, disputed: DisputedCard | null): Code[] {
  const held: Code[] = disputed?.held === true ? ['dispute.open'] : [];
  return [...held, ...claimReasons(claim)];
}

function claimReasons({ kind, engine, memoryEngine = null }: CardClaim): Code[] {
  if (engine === null) return ['card.not-examinable'];
  if (kind !== 'gpu') return ['card.never-eligible'];
  return memoryEngine === null ? ['memory.not-examined'] : [];
}

export function networkResult(fact: NetworkFact | null): NetworkResult | null {
  if (fact === null) return null;
  const { at, roundTripMinMs, roundTripMedianMs, downloadMbps, uploadMbps } = fact;
  return { at: timeOf(at), roundTripMinMs, roundTripMedianMs, downloadMbps, uploadMbps };
}

const lastExamOf = (exam: ExamFact): LastExam => ({
  exam: exam.exam,
  at: timeOf(exam.at),
  outcome: exam.outcome,
  attempts: exam.attempts,
  engine: exam.engine,
  class: exam.class,
  gflops: exam.gflops,
  elapsedMs: exam.elapsedMs,
  memory: exam.memory ? memoryResult(exam.memory) : null,
  reasons: exam.reasons.map(reasonOf),
  checks: exam.checks,
});

const memoryResult = ({ engine, shape, buildMs, elapsedMs, bandwidthGBps }: MemoryPart): MemoryResult => ({
  engine,
  tableBytes: tableBytes(shape),
  buildMs,
  elapsedMs,
  bandwidthGBps,
});
