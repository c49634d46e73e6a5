import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { DeviceId, WebhookId } from '../../protocol/ids.js';
import { changeKinds } from '../../scoring/queries/change-rows.js';
import { callerOf } from '../access/guard.js';
import { timeOf } from '../documents/reason.js';
import type { Feeds } from '../feeds/feeds.js';
import type { Progress } from '../feeds/progress.js';
import { ownerOf, type Webhook } from '../feeds/webhook-book.js';
import { problems } from './problems.js';

const Kinds = Type.Array(Type.Enum(changeKinds), {
  maxItems: changeKinds.length,
  uniqueItems: true,
  description: 'Types of changes; all where empty',
});
const Devices = Type.Array(DeviceId, {
  maxItems: 50,
  uniqueItems: true,
  description: 'All where empty',
});

const WebhookRequest = Type.Object(
  {
    url: Type.String({ maxLength: 2048, description: 'https, and public' }),
    kinds: Type.Optional(Kinds),
    devices: Type.Optional(Devices),
  },
  { additionalProperties: false },
);
type WebhookRequest = Static<typeof WebhookRequest>;

const WebhookDocument = Type.Object({
  id: WebhookId,
  owner: Type.String({ description: 'Role and name of the key' }),
  url: Type.String(),
  kinds: Type.Array(Type.String()),
  devices: Type.Array(DeviceId),
  createdAt: Type.String({ format: 'date-time' }),
  cursor: Type.String({ description: 'How far it was delivered: a Last-Event-ID for `GET /v1/changes`' }),
  failingSince: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
    description: 'Since when the receiver takes nothing; after three days it is given up',
  }),
  attempts: Type.Integer({ description: 'Tries of the change that is next' }),
  lastAnswer: Type.String({ description: 'Status of the last failed try, or why there was none' }),
});

const NewWebhook = Type.Object({
  ...WebhookDocument.properties,
  secret: Type.String({ description: 'For checking signatures (Standard Webhooks). Shown this once' }),
});

const Params = Type.Object({ id: WebhookId });
type Params = Static<typeof Params>;

/** Those with a key ask to be told of changes. */
export function webhookRoutes(app: FastifyInstance, { webhooks }: Pick<Feeds, 'webhooks'>): void {
  const access = ['marketplace', 'investigator', 'operator'] as const;
  app.post<{ Body: WebhookRequest }>(
    '/v1/webhooks',
    {
      // Each looks a name up.
      config: { access, limits: { caller: { burst: 20, everyMs: 10_000 } } },
      schema: {
        operationId: 'addWebhook',
        summary: 'Be told of changes by signed requests to an address',
        body: WebhookRequest,
        response: { 201: NewWebhook, ...problems },
      },
    },
    async (request, reply) => {
      const { webhook, secret } = await webhooks.add(callerOf(request), request.body);
      return reply.code(201).send({ ...documentOf(webhook, null), secret });
    },
  );
  app.get(
    '/v1/webhooks',
    {
      config: { access },
      schema: {
        operationId: 'listWebhooks',
        summary: 'The webhooks of this key, and how each stands; an operator sees all',
        response: { 200: Type.Object({ webhooks: Type.Array(WebhookDocument) }), ...problems },
      },
    },
    async (request) => {
      const own = await webhooks.list(callerOf(request));
      return { webhooks: own.map(({ webhook, progress }) => documentOf(webhook, progress)) };
    },
  );
  app.delete<{ Params: Params }>(
    '/v1/webhooks/:id',
    {
      config: { access },
      schema: {
        operationId: 'removeWebhook',
        summary: 'Be told no more; an operator may remove any',
        params: Params,
        response: { 204: Type.Null({ description: 'Removed' }), ...problems },
      },
    },
    async (request, reply) => {
      await webhooks.remove(callerOf(request), request.params.id);
      return reply.code(204).send(null);
    },
  );
}

function documentOf(webhook: Webhook, progress: Progress | null): Static<typeof WebhookDocument> {
  const { id, owner, url, kinds, devices, createdAt, cursor } = webhook;
  const failingSince = progress?.failingSince ?? null;
  return {
    id,
    owner: ownerOf(owner),
    url,
    kinds: [...kinds],
    devices: [...devices],
    createdAt: timeOf(createdAt),
    cursor: progress?.cursor ?? cursor ?? '',
    failingSince: failingSince === null ? null : timeOf(failingSince),
    attempts: progress?.attempts ?? 0,
    lastAnswer: progress?.said ?? '',
  };
}
