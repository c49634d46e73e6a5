import { type Static, Type } from 'typebox';
import { DeviceId, Hex32, LeaseId, ProbeId, Signature, TranscriptId } from '../../protocol/ids.js';
import { CardIndex } from '../../protocol/messages/cards.js';
import { BeaconValue } from '../../protocol/messages/receipt.js';
import { WalkerOpening } from '../../protocol/messages/reveals.js';
import { TablePurpose } from '../../protocol/messages/table.js';
import { MemoryShape } from '../../protocol/shapes.js';
import { ProbeOutcome } from '../../protocol/status.js';
import { base } from './base.js';

const NullableNumber = Type.Union([Type.Number(), Type.Null()]);

/** A card made a table outside an exam. Like every build it is unproven until a walk. */
export const TableFact = Type.Object({
  kind: Type.Literal('table.built'),
  ...base,
  device: DeviceId,
  card: CardIndex,
  purpose: TablePurpose,
  lease: Type.Union([LeaseId, Type.Null()]),
  engine: Type.String(),
  shape: MemoryShape,
  tableSeed: Hex32,
  buildMs: Type.Number(),
});
export type TableFact = Static<typeof TableFact>;

/** A probe is over, and stands in its transcript. */
export const ProbeFact = Type.Object({
  kind: Type.Literal('probe.finished'),
  ...base,
  device: DeviceId,
  card: CardIndex,
  probe: ProbeId,
  transcript: TranscriptId,
  index: Type.Integer({ minimum: 1 }),
  /** The tag after it. */
  tag: Hex32,
  /** Of its last round; zeros where nothing was committed. */
  root: Hex32,
  tableSeed: Hex32,
  purpose: TablePurpose,
  rounds: Type.Integer(),
  seed: Hex32,
  beacon: Type.Union([BeaconValue, Type.Null()]),
  openings: Type.Array(WalkerOpening),
  walkersRight: Type.Integer(),
  outcome: ProbeOutcome,
  code: Type.String(),
  /** Order → commit on the verifier's clock; null where no commit came. */
  elapsedMs: NullableNumber,
  /** Smallest round trip seen on that connection. */
  roundTripMs: NullableNumber,
  lagMs: NullableNumber,
  /** What it was held against, of `elapsedMs` less the line. */
  deadlineMs: Type.Number(),
  /** Idle baseline of the card on such a table at that time; null where it had too few probes. */
  baselineMs: NullableNumber,
  /** As the host reports it. */
  load: NullableNumber,
  /** The device's, over the tag; null where none came. */
  signature: Type.Union([Signature, Type.Null()]),
});
export type ProbeFact = Static<typeof ProbeFact>;

/** How fast a device squares, on the verifier's clock: chains are sized by its best. */
export const SquaringFact = Type.Object({
  kind: Type.Literal('squaring.measured'),
  ...base,
  device: DeviceId,
  squarings: Type.Integer(),
  elapsedMs: Type.Number(),
  roundTripMs: NullableNumber,
  squaringsPerSecond: Type.Number(),
});
export type SquaringFact = Static<typeof SquaringFact>;

/** A device came back from an outage and showed what it did meanwhile. */
export const OfflineFact = Type.Object({
  kind: Type.Literal('offline.shown'),
  ...base,
  device: DeviceId,
  /** Of the chain. */
  seed: Hex32,
  issuedAt: Type.Integer(),
  squarings: Type.Integer(),
  links: Type.Integer(),
  /** The outage on the verifier's clock: last sign of life, reconnection. */
  from: Type.Integer(),
  to: Type.Integer(),
  /** The best rate by which links were counted. */
  squaringsPerSecond: Type.Number(),
  code: Type.String(),
  cards: Type.Array(
    Type.Object({
      card: CardIndex,
      tableSeed: Hex32,
      /** From `from` on, milliseconds. */
      creditedMs: Type.Integer(),
      opened: Type.Integer(),
      right: Type.Integer(),
      code: Type.String(),
      /** Last tag of its links: the root of its entry in the transcript. */
      root: Hex32,
      /** The entry that the transcript was given for it; null where the card has none. */
      entry: Type.Union([
        Type.Object({ transcript: TranscriptId, index: Type.Integer({ minimum: 1 }), tag: Hex32 }),
        Type.Null(),
      ]),
    }),
  ),
});
export type OfflineFact = Static<typeof OfflineFact>;
