import { type Static, Type } from 'typebox';
import { DeviceId, DisputeId, ExamId, Hex32, SweepId } from '../../protocol/ids.js';
import { CardIndex } from '../../protocol/messages/cards.js';
import { ComponentKind, Finding, HardwareReport } from '../../protocol/messages/hardware.js';
import { base, noDevice } from './base.js';

/**
 * What a host said about itself, where it differs from what it said before, and what was found in it. Its components are hashed
 * again with a secret of the verifier's: with the record alone no value can be tried.
 */
export const HardwareReportedFact = Type.Object({
  kind: Type.Literal('hardware.reported'),
  ...base,
  device: DeviceId,
  /** In its one order (`ordered`). */
  report: HardwareReport,
  findings: Type.Array(Finding),
  /** The same in two reports that say the same (`steadyHash`); absent where nobody compared them. */
  steady: Type.Optional(Hex32),
});
export type HardwareReportedFact = Static<typeof HardwareReportedFact>;

/** One device that claims a disputed id. */
export const Claimant = Type.Object({
  device: DeviceId,
  /** Index among the cards of its enrolment. */
  card: CardIndex,
  /** Since when it reports the id without a break, milliseconds since 1970. */
  since: Type.Integer(),
});
export type Claimant = Static<typeof Claimant>;

/** How a dispute stands: `distinct` and `shared` are what joint exams showed, and it may open again. */
export const DisputeState = Type.Union([
  Type.Literal('open'),
  Type.Literal('distinct'),
  Type.Literal('shared'),
  Type.Literal('lapsed'),
]);
export type DisputeState = Static<typeof DisputeState>;

/** Several devices claim one GPU: it began, a joint exam was evaluated, or it is over. The latest of a dispute stands. */
export const DisputeMovedFact = Type.Object({
  kind: Type.Literal('dispute.moved'),
  ...base,
  ...noDevice,
  dispute: DisputeId,
  componentKind: ComponentKind,
  /** As on record: hashed twice. */
  hash: Hex32,
  state: DisputeState,
  claimants: Type.Array(Claimant, { minItems: 1 }),
  /** Sweeps in which claimants were asked together, oldest first: who was let go with the others, and who passed with them. */
  trials: Type.Array(
    Type.Object({
      sweep: SweepId,
      at: Type.Integer(),
      asked: Type.Array(DeviceId),
      went: Type.Array(DeviceId),
      passed: Type.Array(DeviceId),
    }),
  ),
  /** Who keeps the id; null while that is open. */
  keeper: Type.Union([DeviceId, Type.Null()]),
  /** Whose card earns nothing from now on, until it has shown itself together with those before it. */
  held: Type.Array(DeviceId),
  /** Who lost it by joint exams. */
  losers: Type.Array(DeviceId),
  reasons: Type.Array(Type.String()),
});
export type DisputeMovedFact = Static<typeof DisputeMovedFact>;

/** A vendor's key in a card has signed a challenge of ours. */
export const CardAttestedFact = Type.Object({
  kind: Type.Literal('card.attested'),
  ...base,
  device: DeviceId,
  card: CardIndex,
  exam: ExamId,
  /** What the card claimed to be (`hardwareOf`): under another claim it is another card. */
  hardware: Type.String(),
  /** Such as `nvidia`. */
  vendor: Type.String(),
  /** The vendor's name for the kind of chip, from its certificate, such as `GH100`. */
  chip: Type.String(),
  /** SHA-256 of the public key in the card's own certificate. */
  key: Hex32,
  /** SHA-256 of the signed report. */
  report: Hex32,
  nonce: Hex32,
});
export type CardAttestedFact = Static<typeof CardAttestedFact>;

/** Figures that the fleet taught, frozen for an epoch: from this fact on exams are judged by them. */
export const CatalogueLearnedFact = Type.Object({
  kind: Type.Literal('catalogue.learned'),
  ...base,
  ...noDevice,
  /** The UTC hour that they hold from, counted from 1970. */
  epoch: Type.Integer({ minimum: 0 }),
  /** Exams of these times went in: [from, to), milliseconds since 1970. */
  from: Type.Integer(),
  to: Type.Integer(),
  figures: Type.Array(
    Type.Object({
      class: Type.String(),
      engine: Type.String(),
      gflops: Type.Number(),
      lowGflops: Type.Number(),
      /** Distinct GPUs that they are from. */
      cards: Type.Integer(),
      q02: Type.Number(),
      q50: Type.Number(),
    }),
  ),
});
export type CatalogueLearnedFact = Static<typeof CatalogueLearnedFact>;
