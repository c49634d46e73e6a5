import { type Static, Type } from 'typebox';
import { DeviceId, ExamId, Hex32, SweepId, WalletAddress } from '../../protocol/ids.js';
import { CardClaim, CardIndex } from '../../protocol/messages/cards.js';
import { AgentInfo } from '../../protocol/messages/enrolment.js';
import { Opening, WalkerOpening } from '../../protocol/messages/reveals.js';
import { ComputeShape, MemoryShape } from '../../protocol/shapes.js';
import { Check, DeviceStatus, ExamOutcome } from '../../protocol/status.js';
import { AlarmRaisedFact, OperatorActedFact } from './access.js';
import { base } from './base.js';
import {
  CardAttestedFact,
  CatalogueLearnedFact,
  DisputeMovedFact,
  HardwareReportedFact,
} from './hardware.js';
import { LeaseMovedFact, LeaseWitnessedFact } from './lease.js';
import {
  AgentOldestFact,
  MaintenanceDeclaredFact,
  MaintenanceEndedFact,
  QuietDeclaredFact,
} from './maintenance.js';
import { SweepChainFact, SweepFact, SweepReservedFact } from './sweep.js';
import { OfflineFact, ProbeFact, SquaringFact, TableFact } from './timelock.js';
import { WebhookDeliveredFact, WebhookSetFact } from './webhook.js';

// Facts are what the journal keeps and ClickHouse records: append-only, never edited. Whatever the verifier
// shows or decides can be rebuilt from them alone.

/** A device proved its key and said what it has. A later one with other cards is a hardware change. */
export const EnrolledFact = Type.Object({
  kind: Type.Literal('device.enrolled'),
  ...base,
  device: DeviceId,
  name: Type.String(),
  agent: AgentInfo,
  cards: Type.Array(CardClaim),
  /** Who earns by it; absent where it says none. */
  wallet: Type.Optional(WalletAddress),
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

const NullableNumber = Type.Union([Type.Number(), Type.Null()]);
const NullableSeed = Type.Union([Hex32, Type.Null()]);

/** The memory part of one card's exam. */
export const MemoryPart = Type.Object({
  engine: Type.Union([Type.String(), Type.Null()]),
  attempts: Type.Integer(),
  shape: MemoryShape,
  tableSeed: NullableSeed,
  walkSeed: NullableSeed,
  roots: Type.Array(Hex32),
  openings: Type.Array(WalkerOpening),
  walkersRight: Type.Integer(),
  /** `arm` → `ready`: the build, unproven until the walk. */
  buildMs: NullableNumber,
  elapsedMs: NullableNumber,
  /** As of the compute part; absent in facts of before they were kept. */
  roundTripMs: Type.Optional(NullableNumber),
  lagMs: Type.Optional(NullableNumber),
  /** 10^9 bytes a second; null where the walk was not proven. */
  bandwidthGBps: NullableNumber,
});
export type MemoryPart = Static<typeof MemoryPart>;

/**
 * One card's exam is over. Holds all that is needed to check the verdict again. Its own fields are of the compute part;
 * `memory` is null where the card had none, because no engine could or because the compute part had failed, and absent in
 * facts of before there was one.
 */
export const ExamFact = Type.Object({
  kind: Type.Literal('exam.finished'),
  ...base,
  device: DeviceId,
  exam: ExamId,
  card: CardIndex,
  examKind: Type.Union([Type.Literal('compute'), Type.Literal('joint')], {
    description: 'joint since there is a memory part',
  }),
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
  roundTripMs: Type.Union([Type.Number(), Type.Null()], {
    description: 'Smallest seen on the connection that the commit came by',
  }),
  lagMs: Type.Optional(
    Type.Union([Type.Number(), Type.Null()], {
      description: 'Longest standstill of the verifier from go to commit; absent before it was kept',
    }),
  ),
  gflops: NullableNumber,
  /** Of a card whose name is in no class: the class that it is asked as next, by what it has shown; null where none. */
  measuredAs: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  memory: Type.Optional(Type.Union([MemoryPart, Type.Null()])),
  sweep: Type.Optional(Type.Union([SweepId, Type.Null()])),
  checks: Type.Array(Check),
});
export type ExamFact = Static<typeof ExamFact>;

/** The line of a device was measured, on the verifier's clock. */
export const NetworkFact = Type.Object({
  kind: Type.Literal('network.measured'),
  ...base,
  device: DeviceId,
  exam: ExamId,
  /** Milliseconds over the round trips that came back; null when none did. */
  roundTripMinMs: NullableNumber,
  roundTripMedianMs: NullableNumber,
  roundTrips: Type.Integer(),
  downloadBytes: Type.Integer({ description: 'Bytes that the device proved to have' }),
  downloadMbps: NullableNumber,
  uploadBytes: Type.Integer({ description: 'Bytes that came and were right' }),
  uploadMbps: NullableNumber,
  checks: Type.Array(Check),
});
export type NetworkFact = Static<typeof NetworkFact>;

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

export const Fact = Type.Union([
  EnrolledFact,
  TransitionFact,
  ExamFact,
  NetworkFact,
  PresenceFact,
  HeartbeatFact,
  TableFact,
  ProbeFact,
  SquaringFact,
  OfflineFact,
  LeaseMovedFact,
  LeaseWitnessedFact,
  SweepChainFact,
  SweepReservedFact,
  SweepFact,
  MaintenanceDeclaredFact,
  MaintenanceEndedFact,
  QuietDeclaredFact,
  AgentOldestFact,
  AlarmRaisedFact,
  OperatorActedFact,
  WebhookSetFact,
  WebhookDeliveredFact,
  HardwareReportedFact,
  DisputeMovedFact,
  CardAttestedFact,
  CatalogueLearnedFact,
]);
export type Fact = Static<typeof Fact>;
