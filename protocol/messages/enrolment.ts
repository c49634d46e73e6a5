import { type Static, Type } from 'typebox';
import { DeviceId, Nonce, SessionToken, Signature, WalletAddress } from '../ids.js';
import { limits } from '../limits.js';
import { DeviceStatus } from '../status.js';
import { FreeText } from '../text.js';
import { CardClaim } from './cards.js';
import { HardwareReport } from './hardware.js';

/** `POST /v1/nonces`: a number used once, to be signed. */
export const NonceReply = Type.Object({ nonce: Nonce, expiresAt: Type.String({ format: 'date-time' }) });
export type NonceReply = Static<typeof NonceReply>;

export const AgentInfo = Type.Object(
  {
    version: FreeText(32),
    /** Such as linux-x64. */
    platform: FreeText(64),
  },
  { additionalProperties: false },
);

/** The signed fields of an enrolment. `host` is the verifier's host as the agent addressed it: no relaying. */
export const EnrolmentFields = {
  device: DeviceId,
  nonce: Nonce,
  host: FreeText(255),
  name: FreeText(limits.nameLength),
  agent: AgentInfo,
  // The true limit is checked by hand, so that "too many" has a code of its own.
  cards: Type.Array(CardClaim, { minItems: 1, maxItems: 1024 }),
  /** Who is to earn by it. Said by the device's own key, so that nobody else can bind or move it. */
  wallet: Type.Optional(WalletAddress),
  /** What the host says about itself; an agent of before there was one sends none, and nothing follows from that. */
  hardware: Type.Optional(HardwareReport),
};

/** `POST /v1/devices`: `signature` is over `signingBytes('enrol', all other fields)`. */
export const Enrolment = Type.Object(
  { ...EnrolmentFields, signature: Signature },
  { additionalProperties: false },
);
export type Enrolment = Static<typeof Enrolment>;

export const EnrolmentReply = Type.Object({ id: DeviceId, status: DeviceStatus });
export type EnrolmentReply = Static<typeof EnrolmentReply>;

/** `POST /v1/sessions`: `signature` is over `signingBytes('session', all other fields)`. */
export const SessionRequest = Type.Object(
  { device: DeviceId, nonce: Nonce, host: EnrolmentFields.host, signature: Signature },
  { additionalProperties: false },
);
export type SessionRequest = Static<typeof SessionRequest>;

export const SessionReply = Type.Object({
  token: SessionToken,
  expiresAt: Type.String({ format: 'date-time' }),
});
export type SessionReply = Static<typeof SessionReply>;
