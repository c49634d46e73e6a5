import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { DeviceId } from '../../protocol/ids.js';
import { eventsOf } from '../../scoring/queries/events.js';
import { latestHardware } from '../../scoring/queries/hardware.js';
import { clonesOf } from '../../scoring/queries/hardware-clones.js';
import { deviceDocument } from '../documents/device.js';
import { explainDocument } from '../documents/explain.js';
import { cloneFindings } from '../documents/findings.js';
import { gatherFacts } from '../documents/gather.js';
import { DeviceDocument, ExplainDocument } from '../documents/schemas.js';
import type { Services } from '../services.js';
import { problems } from './problems.js';

/** Entries of a device's history that an explanation shows. */
const historyLength = 50;

const Params = Type.Object({ id: DeviceId });
type Params = Static<typeof Params>;

export function deviceRoutes(app: FastifyInstance, services: Services): void {
  app.get<{ Params: Params }>(
    '/v1/devices/:id',
    {
      config: { access: ['public'] },
      schema: {
        operationId: 'getDevice',
        summary: 'Public facts about a device',
        params: Params,
        response: { 200: DeviceDocument, ...problems },
      },
    },
    async ({ params }) => deviceDocument(await gatherFacts(services, params.id)),
  );
  app.get<{ Params: Params }>(
    '/v1/devices/:id/explain',
    {
      config: { access: ['public'] },
      schema: {
        operationId: 'explainDevice',
        summary: 'Why a device is as it is, from which facts, and what to do',
        params: Params,
        response: { 200: ExplainDocument, ...problems },
      },
    },
    async ({ params }) => {
      const { clickhouse } = services;
      const facts = await gatherFacts(services, params.id);
      const [events, report] = await Promise.all([
        eventsOf(clickhouse, params.id, historyLength),
        latestHardware(clickhouse, params.id),
      ]);
      const clones = report === null ? [] : await clonesOf(clickhouse, params.id, report.report.components);
      return explainDocument(facts, events, cloneFindings(clones));
    },
  );
}
