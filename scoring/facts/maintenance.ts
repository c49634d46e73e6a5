import { type Static, Type } from 'typebox';
import { DeviceId, FactId } from '../../protocol/ids.js';
import { base, noDevice } from './base.js';

/** The supplier said ahead that a device will be away. Minutes of it are `maintenance`: they count for nobody. */
export const MaintenanceDeclaredFact = Type.Object({
  kind: Type.Literal('maintenance.declared'),
  ...base,
  device: DeviceId,
  from: Type.Integer(),
  to: Type.Integer(),
  reason: Type.String(),
  /** The role and id of who declared it. */
  by: Type.String(),
});
export type MaintenanceDeclaredFact = Static<typeof MaintenanceDeclaredFact>;

/** A window was taken back, or ended early, at `to`. What was before it stays. */
export const MaintenanceEndedFact = Type.Object({
  kind: Type.Literal('maintenance.ended'),
  ...base,
  device: DeviceId,
  /** The fact that declared it. */
  window: FactId,
  to: Type.Integer(),
  by: Type.String(),
});
export type MaintenanceEndedFact = Static<typeof MaintenanceEndedFact>;

/** The operator rolls something out: nothing is begun in it, and no minute of it counts as down. */
export const QuietDeclaredFact = Type.Object({
  kind: Type.Literal('quiet.declared'),
  ...base,
  ...noDevice,
  from: Type.Integer(),
  to: Type.Integer(),
  reason: Type.String(),
  by: Type.String(),
});
export type QuietDeclaredFact = Static<typeof QuietDeclaredFact>;

/** From an hour on that was told ahead, agents older than this are turned away. */
export const AgentOldestFact = Type.Object({
  kind: Type.Literal('agent.oldest'),
  ...base,
  ...noDevice,
  /** Such as 0.2.0. */
  oldest: Type.String(),
  /** The begin of an hour of UTC, the next but one after `at` at the earliest. */
  from: Type.Integer(),
});
export type AgentOldestFact = Static<typeof AgentOldestFact>;
