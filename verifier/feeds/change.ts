import { type Static, Type } from 'typebox';
import { DeviceId, FactId } from '../../protocol/ids.js';
import { nobody } from '../../scoring/facts/base.js';
import { type ChangeFact, type ChangeKind, changeKinds } from '../../scoring/queries/change-rows.js';
import { timeOf } from '../documents/reason.js';
import type { Caller } from '../edge/route-config.js';

/** One change as it is shown: `GET /v1/changes`, and the body of a webhook. */
export const Change = Type.Object({
  id: FactId,
  type: Type.Enum(changeKinds),
  timestamp: Type.String({ format: 'date-time' }),
  device: Type.Union([DeviceId, Type.Null()], { description: 'Null where it is about no single device' }),
  classes: Type.Array(Type.String(), {
    description: 'Of the cards that the device claims now, each class once',
  }),
  data: Type.Record(Type.String(), Type.Unknown(), {
    description: 'What happened; its fields depend on the type',
  }),
});
export type Change = Static<typeof Change>;

/** Who looks at a change. */
export type Reader = Pick<Caller, 'role' | 'id'>;

/** Seeds, commitments, openings and signatures stay with the record: what is shown is what can be acted on. */
const shownFields: { readonly [K in ChangeKind]: readonly (keyof Extract<ChangeFact, { kind: K }>)[] } = {
  'device.enrolled': ['name', 'agent', 'cards'],
  'device.transition': ['from', 'to', 'cause', 'reasons', 'inputs', 'thresholds', 'formula', 'evidence'],
  'exam.finished': [
    'exam',
    'card',
    'examKind',
    'attempts',
    'outcome',
    'reasons',
    'claimedClass',
    'class',
    'engine',
    'gflops',
    'sweep',
    'checks',
  ],
  'network.measured': ['roundTripMinMs', 'roundTripMedianMs', 'downloadMbps', 'uploadMbps'],
  'probe.finished': ['card', 'probe', 'purpose', 'outcome', 'code'],
  'offline.shown': ['from', 'to', 'links', 'code'],
  'lease.moved': [
    'lease',
    'from',
    'to',
    'reasons',
    'marketplace',
    'reference',
    'openedAt',
    'startedAt',
    'endsAt',
    'endedAt',
    'handOverExam',
    'returnExam',
  ],
  'sweep.chain': ['chain', 'head', 'length'],
  'sweep.finished': ['sweep', 'sweepKind', 'index', 'startedAt', 'spread', 'drawn', 'part', 'parts'],
  'maintenance.declared': ['from', 'to', 'reason'],
  'maintenance.ended': ['window', 'to'],
  'quiet.declared': ['from', 'to', 'reason'],
  'alarm.raised': ['alarm', 'subject', 'count', 'windowMs', 'threshold'],
  'operator.acted': ['by', 'action', 'reason'],
};

/** Whether a reader may see a change at all. */
export function mayRead(fact: ChangeFact, reader: Reader): boolean {
  const staff = reader.role === 'investigator' || reader.role === 'operator';
  switch (fact.kind) {
    case 'alarm.raised':
    case 'operator.acted':
      return staff;
    // Who rents what is between the marketplace and its customer.
    case 'lease.moved':
      return staff || (reader.role === 'marketplace' && reader.id === fact.marketplace);
    default:
      return true;
  }
}

/** What is shown of a change. @param classes of the cards that the device claims */
export function changeOf(fact: ChangeFact, classes: readonly string[]): Change {
  const { id, kind, at, device } = fact;
  const fields: readonly string[] = shownFields[kind];
  const data = Object.fromEntries(Object.entries(fact).filter(([field]) => fields.includes(field)));
  return {
    id,
    type: kind,
    timestamp: timeOf(at),
    device: device === nobody ? null : device,
    classes: [...classes],
    data,
  };
}
