import { type Static, Type } from 'typebox';
import { DeviceId, DisputeId, ExamId, FactId } from '../../protocol/ids.js';
import { CardIndex } from '../../protocol/messages/cards.js';
import { ClassVerdict } from '../../protocol/messages/class-verdict.js';
import { Finding } from '../../protocol/messages/hardware.js';
import { Check, DeviceStatus, ExamOutcome, ProbeOutcome } from '../../protocol/status.js';
import { DisputeState } from '../../scoring/facts/hardware.js';

const Time = Type.String({ format: 'date-time' });
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()]);

export const Reason = Type.Object({
  code: Type.String(),
  title: Type.String(),
  detail: Type.String(),
  fix: Type.String({ description: 'What to do' }),
});
export type Reason = Static<typeof Reason>;

export const MemoryResult = Type.Object({
  engine: Nullable(Type.String()),
  tableBytes: Type.Integer({ description: 'Size of the table that was asked' }),
  buildMs: Nullable(Type.Number({ description: 'From the order to build to the word that it stands' })),
  elapsedMs: Nullable(Type.Number({ description: "The walk, on the verifier's clock" })),
  bandwidthGBps: Nullable(Type.Number({ description: 'Proven bandwidth of the walk, 10⁹ bytes per second' })),
});
export type MemoryResult = Static<typeof MemoryResult>;

export const LastExam = Type.Object({
  exam: ExamId,
  at: Time,
  outcome: ExamOutcome,
  attempts: Type.Integer(),
  engine: Nullable(Type.String()),
  class: Nullable(Type.String({ description: 'What the exam supports' })),
  gflops: Nullable(Type.Number({ description: 'Proven rate, 10⁹ operations per second' })),
  elapsedMs: Nullable(Type.Number({ description: "From go to commit on the verifier's clock" })),
  memory: Nullable(MemoryResult),
  reasons: Type.Array(Reason),
  checks: Type.Array(Check),
});
export type LastExam = Static<typeof LastExam>;

export const LastProbe = Type.Object({
  at: Time,
  outcome: ProbeOutcome,
  measuredMs: Nullable(
    Type.Number({ description: 'From the order to the answer, less the line; null where none came' }),
  ),
  requiredMs: Type.Number({ description: 'Most that it may take' }),
  reason: Reason,
});
export type LastProbe = Static<typeof LastProbe>;

/** Another device claims the id of this card. */
export const CardDispute = Type.Object({
  id: DisputeId,
  state: DisputeState,
  held: Type.Boolean({
    description: 'It earns nothing until that is settled; never so for who had the id first',
  }),
  reason: Reason,
});
export type CardDispute = Static<typeof CardDispute>;

/** One thing that is odd, or worth a word, about what a host says of itself. */
export const FindingDocument = Type.Object({
  ...Finding.properties,
  title: Type.String(),
  detail: Type.String(),
  claim: Nullable(CardIndex),
  read: Type.String({ description: 'The evidence in one line: what was read, and what it was held against' }),
  follows: Type.String({ description: 'What follows from it' }),
});
export type FindingDocument = Static<typeof FindingDocument>;

const Reported = {
  reportedAt: Nullable({ ...Time, description: 'When its host last said something new of itself' }),
  findings: Type.Array(FindingDocument, { description: 'What was found in that, the gravest first' }),
};

export const CardDocument = Type.Object({
  card: CardIndex,
  kind: Type.Union([Type.Literal('gpu'), Type.Literal('cpu'), Type.Literal('software')]),
  model: Type.String({ description: 'As claimed' }),
  memoryBytes: Type.Integer({ description: 'As claimed' }),
  engine: Nullable(Type.String()),
  memoryEngine: Nullable(Type.String({ description: 'What would hold a table; null when nothing can' })),
  claimedClass: Type.String(),
  class: Nullable(
    Type.String({ description: 'Of the last exam that judged this very card; null until one supports it' }),
  ),
  verdict: Nullable({
    ...ClassVerdict,
    description: 'What that exam says that it is, and what else it could be; null until there is one',
  }),
  eligible: Type.Boolean({
    description:
      'Whether it may earn now: verified, of a class that can, passed within a day together with all that earn, and not held for a dispute',
  }),
  dispute: Nullable(CardDispute),
  reasons: Type.Array(Reason, { description: 'What has to be known of it beside its exams' }),
  lastExam: Nullable(LastExam),
  table: Nullable(
    Type.Object(
      {
        purpose: Type.Union([Type.Literal('whole'), Type.Literal('ballast')]),
        bytes: Type.Integer(),
        since: Time,
      },
      { description: 'What it keeps in its memory to be probed on' },
    ),
  ),
  lastProbe: Nullable(LastProbe),
  provenShare: Nullable(
    Type.Number({ description: 'Share of the last 24 hours in which it is proven to have been there' }),
  ),
  longestGapMs: Nullable(Type.Integer({ description: 'Longest time of them that is not proven' })),
});
export type CardDocument = Static<typeof CardDocument>;

export const NetworkResult = Type.Object({
  at: Time,
  roundTripMinMs: Nullable(Type.Number()),
  roundTripMedianMs: Nullable(Type.Number()),
  downloadMbps: Nullable(Type.Number({ description: 'To the device, 10⁶ bits per second' })),
  uploadMbps: Nullable(Type.Number({ description: 'From the device' })),
});
export type NetworkResult = Static<typeof NetworkResult>;

/** A window of maintenance, or a quiet time of the service. */
export const WindowDocument = Type.Object({
  id: FactId,
  from: Time,
  to: Time,
  reason: Type.String(),
  by: Type.String({ description: 'The role of who declared it' }),
  declaredAt: Time,
});
export type WindowDocument = Static<typeof WindowDocument>;

const Paused = {
  maintenance: Type.Array(WindowDocument, {
    description:
      'Windows that run or are to come: their minutes count for nobody, and nothing is begun in them',
  }),
  quiet: Type.Array(WindowDocument, { description: 'When this service begins nothing for anybody' }),
};

/** `GET /v1/devices/:id`: public facts only. */
export const DeviceDocument = Type.Object({
  id: DeviceId,
  name: Type.String(),
  status: DeviceStatus,
  since: Time,
  reasons: Type.Array(Reason),
  enrolledAt: Time,
  connected: Type.Boolean(),
  lastSeenAt: Nullable(Time),
  agent: Type.Object({ version: Type.String(), platform: Type.String() }),
  cards: Type.Array(CardDocument),
  ...Reported,
  network: Nullable(NetworkResult),
  ...Paused,
  scores: Type.Object({
    formula: Type.String(),
    integrity: Type.Number(),
    availability: Nullable(
      Type.Number({ description: 'Share of countable minutes up; null before the first' }),
    ),
    availabilityLow: Type.Number({ description: 'Its lower bound, which the reputation uses' }),
    performance: Nullable(Type.Number({ description: 'null before the first proven rate' })),
    reputation: Type.Number({ description: '0 to 100' }),
  }),
});
export type DeviceDocument = Static<typeof DeviceDocument>;

export const ScorePart = Type.Object({
  part: Type.String(),
  rule: Type.String({ description: 'In words; docs/scoring.md has it in full' }),
  value: Nullable(Type.Number()),
  threshold: Nullable(Type.Number()),
  verdict: Type.Union([Type.Literal('pass'), Type.Literal('fail'), Type.Literal('not judged')]),
  inputs: Type.Record(Type.String(), Nullable(Type.Number())),
  next: Type.String({ description: 'What would raise it' }),
});
export type ScorePart = Static<typeof ScorePart>;

export const HistoryEntry = Type.Object({
  id: Type.String(),
  at: Time,
  event: Type.String(),
  summary: Type.String(),
  reasons: Type.Array(Type.String()),
  inputs: Type.Record(Type.String(), Type.Number()),
  thresholds: Type.Record(Type.String(), Type.Number()),
  evidence: Type.Array(Type.String({ description: 'Ids of other entries' })),
});
export type HistoryEntry = Static<typeof HistoryEntry>;

/** `GET /v1/devices/:id/explain`: why it is as it is, from which facts, and what to do. */
export const ExplainDocument = Type.Object({
  id: DeviceId,
  name: Type.String(),
  generatedAt: Time,
  formula: Type.String(),
  status: DeviceStatus,
  since: Time,
  reasons: Type.Array(Reason),
  next: Type.String({ description: 'What happens next, or what to do' }),
  scores: Type.Array(ScorePart),
  cards: Type.Array(CardDocument),
  ...Reported,
  network: Nullable(NetworkResult),
  ...Paused,
  history: Type.Array(HistoryEntry, { description: 'Newest first' }),
});
export type ExplainDocument = Static<typeof ExplainDocument>;

/** RFC 9457 with the stable code and what to do. */
export const ProblemDocument = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  instance: Type.String(),
  code: Type.String(),
  fix: Type.String(),
});
