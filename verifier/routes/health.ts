import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { Services } from '../services.js';
import { problems } from './problems.js';

const Health = Type.Object({ status: Type.String() });
const Readiness = Type.Object({
  status: Type.Union([Type.Literal('ready'), Type.Literal('degraded')]),
  clickhouse: Type.Boolean({ description: 'False while facts wait in the journal' }),
  hotState: Type.Boolean({ description: 'False while nonces and sessions cannot be kept' }),
  journalLagBytes: Type.Integer(),
});

export function healthRoutes(app: FastifyInstance, { shipper, state, metrics }: Services): void {
  app.get(
    '/healthz',
    {
      config: { access: ['public'] },
      schema: { operationId: 'health', summary: 'Alive', response: { 200: Health, ...problems } },
    },
    async () => ({ status: 'alive' }),
  );
  app.get(
    '/readyz',
    {
      config: { access: ['public'] },
      schema: {
        operationId: 'readiness',
        summary: 'Serving; degraded while ClickHouse is away (facts wait in the journal) or hot state is',
        response: { 200: Readiness, ...problems },
      },
    },
    async () => {
      const hotState = await state.get('readiness').then(
        () => true,
        () => false,
      );
      const clickhouse = shipper.healthy;
      const status = clickhouse && hotState ? 'ready' : 'degraded';
      return { status, clickhouse, hotState, journalLagBytes: shipper.lagBytes } as const;
    },
  );
  app.get(
    '/metrics',
    // They tell much of the fleet: Prometheus sends a bearer token, or looks from this machine.
    { config: { access: ['operator', 'local'] }, schema: { hide: true } },
    async (_request, reply) => {
      reply.type(metrics.registry.contentType);
      return metrics.registry.metrics();
    },
  );
}
