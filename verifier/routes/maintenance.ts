import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { TouchstoneError } from '../../protocol/error.js';
import { DeviceId, FactId } from '../../protocol/ids.js';
import { limits } from '../../protocol/limits.js';
import { FreeText } from '../../protocol/text.js';
import { callerOf } from '../access/guard.js';
import type { Devices } from '../devices/devices.js';
import { WindowDocument } from '../documents/schemas.js';
import { windowDocument } from '../documents/window.js';
import type { Caller } from '../edge/route-config.js';
import type { Maintenance, WindowRequest } from '../maintenance/maintenance.js';
import { problems } from './problems.js';

const WindowBody = Type.Object(
  {
    from: Type.String({
      format: 'date-time',
      maxLength: 40,
      description: 'Taken to the next whole minute, as `to` is',
    }),
    to: Type.String({ format: 'date-time', maxLength: 40 }),
    reason: { ...FreeText(limits.textLength), description: 'In words; everybody can read it' },
  },
  { additionalProperties: false },
);
type WindowBody = Static<typeof WindowBody>;

const Windows = Type.Object({ windows: Type.Array(WindowDocument) });
const Ended = Type.Object({
  window: Type.Union([WindowDocument, Type.Null()], {
    description: 'As it is now; null where nothing of it is left',
  }),
});

const Params = Type.Object({ id: DeviceId });
interface OfDevice {
  Params: Static<typeof Params>;
}
const WindowParams = Type.Object({ id: DeviceId, window: FactId });
interface OfWindow {
  Params: Static<typeof WindowParams>;
}
const QuietParams = Type.Object({ window: FactId });
interface OfQuiet {
  Params: Static<typeof QuietParams>;
}

const home = (request: FastifyRequest) => (request.params as OfDevice['Params']).id;
/** A supplier declares a few windows a month; a script that goes wrong must not fill the record. */
const caller = { burst: 20, everyMs: 5 * 60_000 };

/** When devices are away by their suppliers' word, and when we begin nothing. */
export function maintenanceRoutes(
  app: FastifyInstance,
  parts: { readonly maintenance: Maintenance; readonly devices: Pick<Devices, 'get'> },
): void {
  windowRoutes(app, parts.maintenance, parts.devices);
  quietRoutes(app, parts.maintenance);
}

function windowRoutes(app: FastifyInstance, maintenance: Maintenance, devices: Pick<Devices, 'get'>): void {
  const access = ['device', 'wallet', 'operator'] as const;
  app.post<OfDevice & { Body: WindowBody }>(
    '/v1/devices/:id/maintenance',
    {
      config: { access, home, limits: { caller } },
      schema: {
        operationId: 'declareMaintenance',
        summary: 'Say ahead that a device will be away: minutes of the window count for nobody',
        params: Params,
        body: WindowBody,
        response: { 201: WindowDocument, ...problems },
      },
    },
    async (request, reply) => {
      const by = ownerOf(request, request.params.id, devices);
      const window = await maintenance.declare(request.params.id, spanOf(request.body), by);
      return reply.code(201).send(windowDocument(window));
    },
  );
  app.get<OfDevice>(
    '/v1/devices/:id/maintenance',
    {
      config: { access: ['public'] },
      schema: {
        operationId: 'listMaintenance',
        summary: 'Windows of the last 30 days and to come, by their begin',
        params: Params,
        response: { 200: Windows, ...problems },
      },
    },
    async ({ params }) => {
      if (devices.get(params.id) === undefined) throw new TouchstoneError('device.unknown');
      return { windows: maintenance.of(params.id).map(windowDocument) };
    },
  );
  app.delete<OfWindow>(
    '/v1/devices/:id/maintenance/:window',
    {
      config: { access, home, limits: { caller } },
      schema: {
        operationId: 'endMaintenance',
        summary: 'Take a window back, or end it early; what was before stays',
        params: WindowParams,
        response: { 200: Ended, ...problems },
      },
    },
    async (request) => {
      const { id, window } = request.params;
      const left = await maintenance.end(id, window, ownerOf(request, id, devices));
      return { window: left === null ? null : windowDocument(left) };
    },
  );
}

function quietRoutes(app: FastifyInstance, maintenance: Maintenance): void {
  app.post<{ Body: WindowBody }>(
    '/v1/quiet',
    {
      config: { access: ['operator'] },
      schema: {
        operationId: 'declareQuiet',
        summary: 'Begin nothing for anybody for a while; no minute of it counts as down',
        body: WindowBody,
        response: { 201: WindowDocument, ...problems },
      },
    },
    async (request, reply) => {
      const window = await maintenance.quiet(spanOf(request.body), named(callerOf(request)));
      return reply.code(201).send(windowDocument(window));
    },
  );
  app.get(
    '/v1/quiet',
    {
      config: { access: ['public'] },
      schema: {
        operationId: 'listQuiet',
        summary: 'Quiet times that have not ended',
        response: { 200: Windows, ...problems },
      },
    },
    async () => ({ windows: maintenance.quietTimes.map(windowDocument) }),
  );
  app.delete<OfQuiet>(
    '/v1/quiet/:window',
    {
      config: { access: ['operator'] },
      schema: {
        operationId: 'endQuiet',
        summary: 'Take a quiet time back, or end it now',
        params: QuietParams,
        response: { 200: Ended, ...problems },
      },
    },
    async (request) => {
      const left = await maintenance.endQuiet(request.params.window, named(callerOf(request)));
      return { window: left === null ? null : windowDocument(left) };
    },
  );
}

/**
 * Role and id of a caller who may speak for a device: itself, its wallet, an operator. Whether there is such a device is public.
 * @throws TouchstoneError `device.unknown`, `access.role`
 */
function ownerOf(request: FastifyRequest, device: string, devices: Pick<Devices, 'get'>): string {
  const state = devices.get(device);
  if (state === undefined) throw new TouchstoneError('device.unknown');
  const asking = callerOf(request);
  const own =
    (asking.role === 'device' && asking.id === device) ||
    (asking.role === 'wallet' && asking.id === state.enrolment.wallet);
  if (!own && asking.role !== 'operator') throw new TouchstoneError('access.role');
  return named(asking);
}

const named = ({ role, id }: Caller): string => `${role}/${id}`;

const spanOf = ({ from, to, reason }: WindowBody): WindowRequest => ({
  from: Date.parse(from),
  to: Date.parse(to),
  reason,
});
