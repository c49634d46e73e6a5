import { type Static, Type } from 'typebox';
import { DeviceId, Hex32, LeaseId, Signature } from '../ids.js';
import { limits } from '../limits.js';
import { FreeText } from '../text.js';
import { CardIndex } from './cards.js';

const Time = Type.String({ format: 'date-time' });
const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()]);

/**
 * Where a lease stands. `handing-over`: the joint exam runs and the ballast is made. `active`: the cards are the tenant's.
 * `returning`: the joint exam at the end runs. `refused`: the hand-over failed, it never began.
 */
export const LeaseState = Type.Union([
  Type.Literal('handing-over'),
  Type.Literal('active'),
  Type.Literal('returning'),
  Type.Literal('ended'),
  Type.Literal('refused'),
]);
export type LeaseState = Static<typeof LeaseState>;

/** `POST /v1/leases`. The very same request again gives the same lease. */
export const LeaseRequest = Type.Object(
  {
    device: DeviceId,
    reference: FreeText(limits.referenceLength),
    endsAt: Type.Optional(Time),
  },
  { additionalProperties: false },
);
export type LeaseRequest = Static<typeof LeaseRequest>;

/** `PATCH /v1/leases/:id`: another end, or the end now. */
export const LeaseChange = Type.Union([
  Type.Object({ endsAt: Time }, { additionalProperties: false }),
  Type.Object({ state: Type.Literal('ended') }, { additionalProperties: false }),
]);
export type LeaseChange = Static<typeof LeaseChange>;

/** `GET /v1/leases/:id`, and the answer to what made or changed it. */
export const LeaseDocument = Type.Object({
  id: LeaseId,
  device: DeviceId,
  reference: Type.String(),
  state: LeaseState,
  reasons: Type.Array(
    Type.Object({ code: Type.String(), title: Type.String(), detail: Type.String(), fix: Type.String() }),
  ),
  openedAt: Time,
  startedAt: Nullable(Time),
  endsAt: Nullable(Time),
  endedAt: Nullable(Time),
  commitment: Type.String({
    pattern: '^[0-9a-f]{64}$',
    description:
      'Of the key that all probe seeds are made with; the receipt of the ended lease shows the key',
  }),
  witnessToken: Type.Optional(
    Type.String({
      description:
        'For `touchstone witness` in the container of the tenant; told to who makes the lease only',
    }),
  ),
});
export type LeaseDocument = Static<typeof LeaseDocument>;

/** `GET /v1/leases/:id/transcript`: how far it is, for the witness. */
export const TranscriptHeads = Type.Object({
  lease: LeaseId,
  state: LeaseState,
  cards: Type.Array(Type.Object({ card: CardIndex, index: Type.Integer({ minimum: 0 }), tag: Hex32 })),
});
export type TranscriptHeads = Static<typeof TranscriptHeads>;

/** What the witness signs: that it lived in the container at this time, what it had seen of the transcript, and its own load. */
export const WitnessFields = {
  lease: LeaseId,
  at: Type.Integer({ minimum: 0, description: "Milliseconds since 1970 by the witness's own clock" }),
  card: CardIndex,
  index: Type.Integer({ minimum: 0 }),
  tag: Hex32,
  load: Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()], {
    description: 'How busy the tenant keeps the card, 0 to 1; null where it cannot tell',
  }),
};

/** `POST /v1/leases/:id/witness`: `signature` is over `signingBytes('witness', all other fields)` by `key`. */
export const WitnessStatement = Type.Object(
  { ...WitnessFields, key: DeviceId, signature: Signature },
  { additionalProperties: false },
);
export type WitnessStatement = Static<typeof WitnessStatement>;
