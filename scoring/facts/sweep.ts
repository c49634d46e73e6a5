import { type Static, Type } from 'typebox';
import { Hex32, SweepId, VerifierId } from '../../protocol/ids.js';
import { SweepFields, SweepKind, SweepMember } from '../../protocol/messages/sweep.js';
import { base, noDevice } from './base.js';

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

/** A preimage is taken for a sweep: on record before anything is done with it, so that none is ever used twice. */
export const SweepReservedFact = Type.Object({
  kind: Type.Literal('sweep.reserved'),
  ...base,
  ...noDevice,
  sweep: SweepId,
  sweepKind: SweepKind,
  chain: Hex32,
  /** Place in the chain: 1 is the preimage of the head. */
  index: Type.Integer({ minimum: 1 }),
  /** Why, where a person or a rule asked for it. */
  why: Type.String(),
  by: VerifierId,
});
export type SweepReservedFact = Static<typeof SweepReservedFact>;

/** A sweep is over: everything that is needed to check that nobody chose its seeds. Large ones are several facts. */
export const SweepFact = Type.Object({
  kind: Type.Literal('sweep.finished'),
  ...base,
  ...noDevice,
  ...SweepFields,
  members: Type.Array(SweepMember),
  /** This fact is part `part` of `parts`. */
  part: Type.Integer({ minimum: 1 }),
  parts: Type.Integer({ minimum: 1 }),
});
export type SweepFact = Static<typeof SweepFact>;
