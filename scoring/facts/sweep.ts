import { type Static, Type } from 'typebox';
import { DeviceId, ExamId, Hex32, SweepId } from '../../protocol/ids.js';
import { CardIndex } from '../../protocol/messages/cards.js';
import { base, noDevice } from './base.js';

/** Why these devices were asked together. */
export const SweepKind = Type.Union([
  Type.Literal('random'),
  Type.Literal('suspects'),
  Type.Literal('fleet'),
]);
export type SweepKind = Static<typeof SweepKind>;

/** The head of a hash chain was published: `head = H^length(first preimage)`. Preimages are used from the head's side. */
export const SweepChainFact = Type.Object({
  kind: Type.Literal('sweep.chain'),
  ...base,
  ...noDevice,
  chain: Hex32,
  head: Hex32,
  length: Type.Integer({ minimum: 1 }),
});
export type SweepChainFact = Static<typeof SweepChainFact>;

/** A recent Solana block: nobody, not even the operator, could know it earlier. */
export const SweepBeacon = Type.Union([
  Type.Object({ slot: Type.Integer(), blockhash: Type.String() }),
  Type.Null(),
]);
export type SweepBeacon = Static<typeof SweepBeacon>;

/** One card of a sweep. Its seeds and proof stand in its exam. */
export const SweepMember = Type.Object({
  device: DeviceId,
  card: CardIndex,
  exam: ExamId,
  /** When its `go` of each part was written to its socket, milliseconds after the first of that part; null where it got none. */
  computeGoMs: Type.Union([Type.Number(), Type.Null()]),
  memoryGoMs: Type.Union([Type.Number(), Type.Null()]),
});
export type SweepMember = Static<typeof SweepMember>;

/** How far apart the releases of one instant were, milliseconds after the first. */
export const ReleaseSpread = Type.Object({
  count: Type.Integer(),
  medianMs: Type.Number(),
  p99Ms: Type.Number(),
  maxMs: Type.Number(),
});
export type ReleaseSpread = Static<typeof ReleaseSpread>;

/** A sweep is over: everything that is needed to check that nobody chose its seeds. Large ones are several facts. */
export const SweepFact = Type.Object({
  kind: Type.Literal('sweep.finished'),
  ...base,
  ...noDevice,
  sweep: SweepId,
  sweepKind: SweepKind,
  chain: Hex32,
  /** Place in the chain: 1 is the preimage of the head. */
  index: Type.Integer({ minimum: 1 }),
  preimage: Hex32,
  /** Of the seeds given at `arm`, and of those given at the `go` of each part. */
  beacons: Type.Object({ arm: SweepBeacon, compute: SweepBeacon, memory: SweepBeacon }),
  startedAt: Type.Integer(),
  /** The instant of each release, milliseconds since 1970; null where nobody was ready. */
  computeAt: Type.Union([Type.Integer(), Type.Null()]),
  memoryAt: Type.Union([Type.Integer(), Type.Null()]),
  spread: Type.Object({
    compute: Type.Union([ReleaseSpread, Type.Null()]),
    memory: Type.Union([ReleaseSpread, Type.Null()]),
  }),
  /** Devices that could have been drawn, and how many were. Sorted by id; a hash where there are more than the file should hold. */
  eligible: Type.Object({ count: Type.Integer(), hash: Hex32 }),
  drawn: Type.Integer(),
  members: Type.Array(SweepMember),
  /** This fact is part `part` of `parts`. */
  part: Type.Integer({ minimum: 1 }),
  parts: Type.Integer({ minimum: 1 }),
});
export type SweepFact = Static<typeof SweepFact>;
