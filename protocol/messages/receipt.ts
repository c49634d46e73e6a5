import { type Static, Type } from 'typebox';
import { DeviceId, ExamId, Hex32, LeaseId, Signature } from '../ids.js';
import { MemoryShape } from '../shapes.js';
import { ExamOutcome, ProbeOutcome } from '../status.js';
import { CardIndex } from './cards.js';
import { LeaseState, WitnessStatement } from './lease.js';

// A receipt says what was proven of a lease, so that anybody can check it without asking us: `touchstone verify-receipt`.
// All times are milliseconds since 1970 UTC on the verifier's clock, but for a witness's own.

const Time = Type.Integer({ minimum: 0 });
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()]);
const Share = Type.Number({ minimum: 0, maximum: 1 });

/** A public random value of the moment of a probe. */
export const BeaconValue = Type.Object({
  source: Type.String({ description: 'Such as solana' }),
  round: Type.Integer({ minimum: 0, description: 'Its number there, such as a slot' }),
  value: Hex32,
});
export type BeaconValue = Static<typeof BeaconValue>;

/** One entry of a card's transcript, in the order of its indices, which begin at 1 and have no holes. */
export const ReceiptEntry = Type.Object({
  index: Type.Integer({ minimum: 1 }),
  kind: Type.Union([Type.Literal('probe'), Type.Literal('offline')]),
  at: Time,
  outcome: ProbeOutcome,
  code: Type.String(),
  /** Of the last round; of an outage the last tag of the card's links. Zeros where nothing was committed. */
  root: Hex32,
  tag: Hex32,
  /** Walk seed; null for an outage. */
  seed: Nullable(Hex32),
  beacon: Nullable(BeaconValue),
  opened: Type.Integer({ minimum: 0, description: 'Walkers that were opened' }),
  right: Type.Integer({ minimum: 0, description: 'Those of them that were right' }),
  elapsedMs: Nullable(Type.Number({ description: 'From the order to the commit, less the line' })),
  load: Nullable(Share),
  /** Of an outage: since when, and for how long of it the card was credited. */
  outage: Nullable(Type.Object({ from: Time, creditedMs: Type.Integer({ minimum: 0 }) })),
});
export type ReceiptEntry = Static<typeof ReceiptEntry>;

/** A card's joint exam at one end of the lease. */
export const ReceiptExam = Type.Object({
  exam: ExamId,
  at: Time,
  outcome: ExamOutcome,
  class: Nullable(Type.String()),
  gflops: Nullable(Type.Number()),
  bandwidthGBps: Nullable(Type.Number()),
  reasons: Type.Array(Type.String()),
});
export type ReceiptExam = Static<typeof ReceiptExam>;

/** A stretch that is not proven. */
export const ReceiptGap = Type.Object({ from: Time, to: Time, code: Type.String() });
export type ReceiptGap = Static<typeof ReceiptGap>;

/** What a marketplace reads (docs/scoring.md). */
export const LeaseFigures = Type.Object({
  provenShare: Nullable(Share),
  longestGapMs: Type.Integer({ minimum: 0 }),
  contentionIndex: Nullable(
    Type.Number({
      description:
        'Median time of the probes while the tenant was idle over the idle baseline; null where too few',
    }),
  ),
  idleProbes: Type.Integer({ minimum: 0 }),
  slowIdleProbes: Type.Integer({ minimum: 0 }),
});
export type LeaseFigures = Static<typeof LeaseFigures>;

export const ReceiptCard = Type.Object({
  card: CardIndex,
  model: Type.String({ description: 'As claimed' }),
  handOver: Nullable(ReceiptExam),
  return: Nullable(ReceiptExam),
  /** The ballast; null where the lease did not come so far. */
  table: Nullable(
    Type.Object({ shape: MemoryShape, tableSeed: Hex32, rounds: Type.Integer({ minimum: 1 }) }),
  ),
  /** Time of a probe on it while nothing else runs, by the card's own probes. */
  baselineMs: Nullable(Type.Number()),
  entries: Type.Array(ReceiptEntry),
  gaps: Type.Array(ReceiptGap),
  figures: LeaseFigures,
  /** The device's signature over the tag of the last entry that it answered: `signingBytes('transcript', …)`. */
  deviceSigned: Nullable(
    Type.Object({ index: Type.Integer({ minimum: 1 }), tag: Hex32, signature: Signature }),
  ),
});
export type ReceiptCard = Static<typeof ReceiptCard>;

export const ReceiptVerdict = Type.Object({
  outcome: Type.Union([
    Type.Literal('whole'),
    Type.Literal('contended'),
    Type.Literal('absent'),
    Type.Literal('not-whole'),
    Type.Literal('unproven'),
  ]),
  confidence: Share,
  reasons: Type.Array(Type.String()),
});
export type ReceiptVerdict = Static<typeof ReceiptVerdict>;

/** All but the signature of the verifier. */
export const ReceiptFields = {
  version: Type.Literal('touchstone/receipt/v1'),
  formula: Type.Literal('v1'),
  issuedAt: Time,
  lease: LeaseId,
  device: DeviceId,
  marketplace: Type.String(),
  reference: Type.String(),
  state: LeaseState,
  openedAt: Time,
  startedAt: Nullable(Time),
  endedAt: Nullable(Time),
  commitment: Hex32,
  /** What the seeds of all probes were made with; null while the lease goes on. */
  key: Nullable(Hex32),
  cards: Type.Array(ReceiptCard),
  /** When the verifier itself was out: counts for nobody and against nobody. */
  ours: Type.Array(Type.Object({ from: Time, to: Time })),
  witness: Type.Array(WitnessStatement),
  /** Over all cards: the lowest share, the longest gap, the highest index. */
  figures: LeaseFigures,
  verdict: ReceiptVerdict,
};

/** `GET /v1/leases/:id/receipt`: `signature` is over `signingBytes('receipt', all other fields)` by `verifier`. */
export const Receipt = Type.Object(
  { ...ReceiptFields, verifier: DeviceId, signature: Signature },
  { additionalProperties: false },
);
export type Receipt = Static<typeof Receipt>;
