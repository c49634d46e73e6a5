import { type Static, Type } from 'typebox';
import { base, noDevice } from './base.js';

/** Something happened more often than honest use explains. It changes nothing by itself: a person is told. */
export const AlarmRaisedFact = Type.Object({
  kind: Type.Literal('alarm.raised'),
  ...base,
  /** The device that it is about, or nobody. */
  ...noDevice,
  /** Such as `metadata.writes`. */
  alarm: Type.String(),
  /** Whose doing: `device/…`, `wallet/…`, `address/…` (hashed), `fleet`. */
  subject: Type.String(),
  count: Type.Integer(),
  windowMs: Type.Integer(),
  threshold: Type.Integer(),
});
export type AlarmRaisedFact = Static<typeof AlarmRaisedFact>;

/** A person with a key did something that is not about facts of devices alone. */
export const OperatorActedFact = Type.Object({
  kind: Type.Literal('operator.acted'),
  ...base,
  ...noDevice,
  /** The role and id of the key. */
  by: Type.String(),
  action: Type.String(),
  reason: Type.String(),
});
export type OperatorActedFact = Static<typeof OperatorActedFact>;
