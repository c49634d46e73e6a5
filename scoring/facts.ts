import { type Static, Type } from 'typebox';
import { DeviceId, ExamId, FactId, Hex32 } from '../protocol/ids.js';
import { CardClaim, CardIndex } from '../protocol/messages/cards.js';
import { AgentInfo } from '../protocol/messages/enrolment.js';
import { Opening } from '../protocol/messages/exam.js';
import { ComputeShape } from '../protocol/shapes.js';
import { Check, DeviceStatus, ExamOutcome } from '../protocol/status.js';

// Facts are what the journal keeps and ClickHouse records: append-only, never edited. Whatever the verifier
// shows or decides can be rebuilt from them alone.

const base = { id: FactId, at: Type.Integer({ description: 'Milliseconds since 1970 UTC' }) };

/** A device proved its key and said what it has. A later one with other cards is a hardware change. */
export const EnrolledFact = Type.Object({
  kind: Type.Literal('device.enrolled'),
  ...base,
  device: DeviceId,
  name: Type.String(),
  agent: AgentInfo,
  cards: Type.Array(CardClaim),
});
export type EnrolledFact = Static<typeof EnrolledFact>;

/** A device changed its status: why, from which inputs, against which thresholds. */
export const TransitionFact = Type.Object({
  kind: Type.Literal('device.transition'),
  ...base,
  device: DeviceId,
  from: DeviceStatus,
  to: DeviceStatus,
  cause: Type.String({ description: 'The event of the transition table' }),
  reasons: Type.Array(Type.String()),
  inputs: Type.Record(Type.String(), Type.Number()),
  thresholds: Type.Record(Type.String(), Type.Number()),
  formula: Type.String(),
  evidence: Type.Array(Type.String(), { description: 'Ids of the facts that it rests on' }),
});
export type TransitionFact = Static<typeof TransitionFact>;

/** One card's exam is over. Holds all that is needed to check the verdict again. */
export const ExamFact = Type.Object({
  kind: Type.Literal('exam.finished'),
  ...base,
  device: DeviceId,
  exam: ExamId,
  card: CardIndex,
  examKind: Type.Literal('compute'),
  attempts: Type.Integer(),
  outcome: ExamOutcome,
  reasons: Type.Array(Type.String()),
  claim: CardClaim,
  claimedClass: Type.String(),
  class: Type.Union([Type.String(), Type.Null()], {
    description: 'What the exam supports; null when nothing',
  }),
  engine: Type.Union([Type.String(), Type.Null()]),
  shape: ComputeShape,
  seed: Type.Union([Hex32, Type.Null()], { description: 'Null when the exam ended before `go`' }),
  roots: Type.Array(Hex32),
  openings: Type.Array(Opening),
  pagesRight: Type.Integer(),
  elapsedMs: Type.Union([Type.Number(), Type.Null()], { description: "go → commit on the verifier's clock" }),
  roundTripMs: Type.Union([Type.Number(), Type.Null()], { description: 'Smallest seen on the connection' }),
  gflops: Type.Union([Type.Number(), Type.Null()]),
  checks: Type.Array(Check),
});
export type ExamFact = Static<typeof ExamFact>;

/** The device's connection lived in this minute. */
export const PresenceFact = Type.Object({
  kind: Type.Literal('presence'),
  ...base,
  device: DeviceId,
  cards: Type.Array(CardIndex),
});
export type PresenceFact = Static<typeof PresenceFact>;

/** A verifier was in service in this minute: minutes without one are `unknown`, never `down`. */
export const HeartbeatFact = Type.Object({
  kind: Type.Literal('heartbeat'),
  ...base,
  verifier: Type.String(),
});
export type HeartbeatFact = Static<typeof HeartbeatFact>;

export const Fact = Type.Union([EnrolledFact, TransitionFact, ExamFact, PresenceFact, HeartbeatFact]);
export type Fact = Static<typeof Fact>;
