import { type Static, Type } from 'typebox';
import { WebhookId } from '../../protocol/ids.js';
import { base, noDevice } from './base.js';

/** A key asked to be told of changes at an address, or no more. Its signing secret is derived, never kept. */
export const WebhookSetFact = Type.Object({
  kind: Type.Literal('webhook.set'),
  ...base,
  ...noDevice,
  webhook: WebhookId,
  /** The role and id of the key. */
  owner: Type.String(),
  /** Null where it was removed or given up. */
  url: Type.Union([Type.String(), Type.Null()]),
  /** Kinds of changes; empty for all. */
  kinds: Type.Array(Type.String()),
  devices: Type.Array(Type.String()),
  reason: Type.String(),
});
export type WebhookSetFact = Static<typeof WebhookSetFact>;

/** How far a webhook's receiver has taken the changes: the cursor after the last that it acknowledged. */
export const WebhookDeliveredFact = Type.Object({
  kind: Type.Literal('webhook.delivered'),
  ...base,
  ...noDevice,
  webhook: WebhookId,
  cursor: Type.String(),
});
export type WebhookDeliveredFact = Static<typeof WebhookDeliveredFact>;
