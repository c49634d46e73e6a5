import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { TouchstoneError } from '../../protocol/error.js';
import { SweepId } from '../../protocol/ids.js';
import {
  Figures,
  SweepChains,
  SweepDocument,
  SweepRequest,
  SweepSummary,
} from '../../protocol/messages/sweep.js';
import { callerOf } from '../access/guard.js';
import type { Devices } from '../devices/devices.js';
import type { PublishedSweeps } from '../sweeps/published.js';
import type { Sweeps } from '../sweeps/sweeps.js';
import { problems } from './problems.js';

const Page = Type.Object({
  before: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Milliseconds since 1970 UTC',
    }),
  ),
});
const Params = Type.Object({ id: SweepId });

export interface SweepRoutesParts {
  readonly sweeps: Pick<Sweeps, 'suspects'>;
  readonly published: PublishedSweeps;
  readonly devices: Pick<Devices, 'get'>;
}

/** What anybody may see of sweeps, and how a person asks for one. */
export function sweepRoutes(app: FastifyInstance, { sweeps, published, devices }: SweepRoutesParts): void {
  app.get<{ Querystring: Static<typeof Page> }>(
    '/v1/sweeps',
    {
      config: { access: ['public'] },
      schema: {
        operationId: 'listSweeps',
        summary: 'Sweeps that are over, newest first',
        querystring: Page,
        response: { 200: Type.Object({ sweeps: Type.Array(SweepSummary) }), ...problems },
      },
    },
    async ({ query }) => ({ sweeps: await published.list(query.before ?? Number.MAX_SAFE_INTEGER) }),
  );
  app.get(
    '/v1/sweeps/chain',
    {
      config: { access: ['public'] },
      schema: {
        operationId: 'getSweepChains',
        summary: 'Heads of the hash chains that the seeds of sweeps follow from',
        response: { 200: SweepChains, ...problems },
      },
    },
    async () => published.chains(),
  );
  app.get<{ Params: Static<typeof Params> }>(
    '/v1/sweeps/:id',
    {
      config: { access: ['public'] },
      schema: {
        operationId: 'getSweep',
        summary: 'All of a sweep: what `touchstone verify-sweep` checks',
        params: Params,
        response: { 200: SweepDocument, ...problems },
      },
    },
    async ({ params }) => published.document(params.id),
  );
  app.post<{ Body: SweepRequest }>(
    '/v1/sweeps',
    {
      config: {
        access: ['investigator', 'operator'],
        // They come before all others, one after the other, and beside the load budget of whom they name.
        limits: { caller: { burst: 10, everyMs: 10 * 60_000 } },
      },
      schema: {
        operationId: 'askForSweep',
        summary: 'Ask devices that something speaks against together, as soon as can be',
        body: SweepRequest,
        response: { 202: Type.Object({ sweep: SweepId }), ...problems },
      },
    },
    async (request, reply) => {
      const known = request.body.devices.filter((device) => devices.get(device) !== undefined);
      if (known.length === 0) throw new TouchstoneError('sweep.nobody');
      const { role, id } = callerOf(request);
      const sweep = await sweeps.suspects(known, `${role} ${id}: ${request.body.why}`);
      return reply.code(202).send({ sweep });
    },
  );
  app.get(
    '/v1/figures',
    {
      config: { access: ['public'] },
      schema: {
        operationId: 'getFigures',
        summary: 'How many cards there are, and how many were proven at the same instant',
        response: { 200: Figures, ...problems },
      },
    },
    async () => published.figures(),
  );
}
