import { type Static, Type } from 'typebox';
import { DeviceId, ExamId, Hex32, SweepId, VerifierId } from '../ids.js';
import { ExamOutcome } from '../status.js';
import { FreeText } from '../text.js';
import { CardIndex } from './cards.js';
import { BeaconValue } from './receipt.js';

/** Why these devices were asked together. */
export const SweepKind = Type.Union([
  Type.Literal('random'),
  Type.Literal('suspects'),
  Type.Literal('fleet'),
]);
export type SweepKind = Static<typeof SweepKind>;

/** A recent Solana block: nobody, not even the operator, could know it earlier. Null where none is configured. */
export const SweepBeacon = Type.Union([BeaconValue, Type.Null()]);
export type SweepBeacon = Static<typeof SweepBeacon>;

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()]);
const Time = Type.Integer({ description: 'Milliseconds since 1970 UTC' });
const GoMs = Nullable(
  Type.Number({
    minimum: 0,
    description: 'When its `go` was written to its socket, milliseconds after the first of that part',
  }),
);

/** One card of a sweep. Its seeds and proof stand in its exam. */
export const SweepMember = Type.Object({
  device: DeviceId,
  card: CardIndex,
  exam: ExamId,
  /** Null where it got none. */
  computeGoMs: GoMs,
  memoryGoMs: GoMs,
  /** Which verifier let it go. */
  verifier: VerifierId,
});
export type SweepMember = Static<typeof SweepMember>;

/** How far apart the releases of one instant were, milliseconds after the first. */
export const ReleaseSpread = Type.Object({
  count: Type.Integer({ minimum: 1 }),
  medianMs: Type.Number(),
  p99Ms: Type.Number(),
  maxMs: Type.Number(),
});
export type ReleaseSpread = Static<typeof ReleaseSpread>;

/** Everything about a sweep but its members. */
export const SweepFields = {
  sweep: SweepId,
  sweepKind: SweepKind,
  chain: Hex32,
  /** Place in the chain: 1 is the preimage of the head. */
  index: Type.Integer({ minimum: 1 }),
  preimage: Hex32,
  /** Of the seeds given at `arm`, and of those given at the `go` of each part. */
  beacons: Type.Object({ arm: SweepBeacon, compute: SweepBeacon, memory: SweepBeacon }),
  startedAt: Time,
  /** The instant of each release; null where nobody was ready. */
  computeAt: Nullable(Time),
  memoryAt: Nullable(Time),
  spread: Type.Object({ compute: Nullable(ReleaseSpread), memory: Nullable(ReleaseSpread) }),
  /** Clocks of the verifiers that let members go: how far each may have been off from the shared one, milliseconds. */
  clocks: Type.Array(Type.Object({ verifier: VerifierId, errorMs: Type.Number({ minimum: 0 }) })),
  /**
   * Devices that could have been drawn: the hash is over all of them in the order of their ids. They are listed where they are
   * not too many; null in other parts than the first.
   */
  eligible: Type.Object({
    count: Type.Integer({ minimum: 0 }),
    hash: Hex32,
    devices: Nullable(Type.Array(DeviceId)),
  }),
  /** How many devices were drawn; some may have gone before they were asked. */
  drawn: Type.Integer({ minimum: 0 }),
};

/** A member with what it was asked and how it ended; nulls where its exam is not on record, or did not come so far. */
export const SweepDocumentMember = Type.Object({
  ...SweepMember.properties,
  kind: Nullable(Type.Union([Type.Literal('gpu'), Type.Literal('cpu'), Type.Literal('software')])),
  hardware: Nullable({ ...Hex32, description: 'SHA-256 of the hardware id that it claims' }),
  outcome: Nullable(ExamOutcome),
  class: Nullable(Type.String()),
  compute: Nullable(Type.Object({ attempts: Type.Integer(), seed: Nullable(Hex32) })),
  memory: Nullable(
    Type.Object({ attempts: Type.Integer(), tableSeed: Nullable(Hex32), walkSeed: Nullable(Hex32) }),
  ),
});
export type SweepDocumentMember = Static<typeof SweepDocumentMember>;

/** `GET /v1/sweeps/:id`: all that is needed to check that nobody chose its seeds, and what it showed. */
export const SweepDocument = Type.Object({
  version: Type.Literal('touchstone/v1/sweep'),
  ...SweepFields,
  head: Hex32,
  length: Type.Integer({ minimum: 1 }),
  headAt: { ...Time, description: 'When the head of its chain was published' },
  members: Type.Array(SweepDocumentMember),
  proven: Type.Integer({
    minimum: 0,
    description: 'Distinct GPUs that passed both parts at the same instant',
  }),
});
export type SweepDocument = Static<typeof SweepDocument>;

/** `GET /v1/sweeps` */
export const SweepSummary = Type.Object({
  sweep: SweepId,
  sweepKind: SweepKind,
  startedAt: Time,
  cards: Type.Integer(),
  computeP99Ms: Nullable(
    Type.Number({ description: 'What 99 of 100 members were let go within, milliseconds' }),
  ),
  memoryP99Ms: Nullable(Type.Number()),
});
export type SweepSummary = Static<typeof SweepSummary>;

/** `GET /v1/sweeps/chain`: the heads that were published, newest first. */
export const SweepChains = Type.Object({
  chains: Type.Array(
    Type.Object({
      chain: Hex32,
      head: Hex32,
      length: Type.Integer(),
      publishedAt: Time,
      taken: Type.Integer({ minimum: 0, description: 'The last place that was taken for a sweep' }),
      lastPreimage: Nullable({ ...Hex32, description: 'Of the last sweep of it that is over' }),
      lastIndex: Nullable(Type.Integer()),
    }),
  ),
});
export type SweepChains = Static<typeof SweepChains>;

/** `POST /v1/sweeps` */
export const SweepRequest = Type.Object(
  {
    devices: Type.Array(DeviceId, { minItems: 1, maxItems: 500 }),
    why: FreeText(500),
  },
  { additionalProperties: false },
);
export type SweepRequest = Static<typeof SweepRequest>;

/** `GET /v1/figures` */
export const Figures = Type.Object({
  registered: Type.Integer({ description: 'Cards of all devices that are enrolled' }),
  connected: Type.Integer({ description: 'Cards of devices that are connected now' }),
  verified: Type.Integer({ description: 'Cards of devices that are verified' }),
  provenTogether: Type.Object({
    gpus: Type.Integer({
      description: 'Distinct GPUs that passed both parts at the same instant: the best of 24 hours',
    }),
    sweep: Nullable(SweepId),
    at: Nullable(Time),
  }),
});
export type Figures = Static<typeof Figures>;
