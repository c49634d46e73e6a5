import { type Static, Type } from 'typebox';
import { DeviceId, ExamId, Hex32, LeaseId } from '../../protocol/ids.js';
import { LeaseState, WitnessStatement } from '../../protocol/messages/lease.js';
import { base } from './base.js';

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()]);

/** A lease was made, changed or moved on. Holds the whole lease as it is after it. */
export const LeaseMovedFact = Type.Object({
  kind: Type.Literal('lease.moved'),
  ...base,
  device: DeviceId,
  lease: LeaseId,
  /** Null when it was made. */
  from: Nullable(LeaseState),
  to: LeaseState,
  reasons: Type.Array(Type.String()),
  /** Name of the marketplace's key. */
  marketplace: Type.String(),
  reference: Type.String(),
  openedAt: Type.Integer(),
  startedAt: Nullable(Type.Integer()),
  endsAt: Nullable(Type.Integer()),
  endedAt: Nullable(Type.Integer()),
  commitment: Hex32,
  /** SHA-256 of the witness's token. */
  witnessTokenHash: Hex32,
  handOverExam: Nullable(ExamId),
  returnExam: Nullable(ExamId),
});
export type LeaseMovedFact = Static<typeof LeaseMovedFact>;

/** The witness of a lease said that it was there. */
export const LeaseWitnessedFact = Type.Object({
  kind: Type.Literal('lease.witnessed'),
  ...base,
  device: DeviceId,
  lease: LeaseId,
  statement: WitnessStatement,
});
export type LeaseWitnessedFact = Static<typeof LeaseWitnessedFact>;
