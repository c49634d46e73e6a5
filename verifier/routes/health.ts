import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Services } from '../services.js';

const Health = Type.Object({ status: Type.String() });
const Readiness = Type.Object({
  status: Type.Union([Type.Literal('ready'), Type.Literal('degraded')]),
  clickhouse: Type.Boolean({ description: 'False while facts wait in the journal' }),
  journalLagBytes: Type.Integer(),
});

/** Whoever watches over the service asks often and from one address. */
const unlimited = { rateLimit: false };

export function healthRoutes(app: FastifyInstance, { shipper, metrics }: Services): void {
  app.get(
    '/healthz',
    { config: unlimited, schema: { operationId: 'health', summary: 'Alive', response: { 200: Health } } },
    async () => ({ status: 'alive' }),
  );
  app.get(
    '/readyz',
    {
      config: unlimited,
      schema: {
        operationId: 'readiness',
        summary: 'Serving; degraded while ClickHouse is away and facts wait in the journal',
        response: { 200: Readiness },
      },
    },
    async () => ({
      status: shipper.healthy ? 'ready' : 'degraded',
      clickhouse: shipper.healthy,
      journalLagBytes: shipper.lagBytes,
    }),
  );
  app.get('/metrics', { config: unlimited, schema: { hide: true } }, async (_request, reply) => {
    reply.type(metrics.registry.contentType);
    return metrics.registry.metrics();
  });
}
