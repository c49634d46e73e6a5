import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { TouchstoneError } from '../../protocol/error.js';
import { DeviceId } from '../../protocol/ids.js';
import type { EnrolledFact } from '../../scoring/facts/facts.js';
import { enrolmentsOf } from '../../scoring/queries/enrolments.js';
import { callerOf } from '../access/guard.js';
import type { DeviceState } from '../devices/devices.js';
import { HistoryDocument, historyEntry } from '../documents/history.js';
import type { Caller } from '../edge/route-config.js';
import type { Services } from '../services.js';
import { problems } from './problems.js';

const Params = Type.Object({ id: DeviceId });
const Query = Type.Object(
  {
    before: Type.Optional(
      Type.String({ pattern: '^[0-9]{1,15}-fa_[0-9a-f]{32}$', description: '`next` of the page before' }),
    ),
  },
  { additionalProperties: false },
);
interface OnePage {
  Params: Static<typeof Params>;
  Querystring: Static<typeof Query>;
}

/** Entries of one page. */
const pageLength = 50;

/** `GET /v1/devices/:id/history`: all that a device ever said of itself. */
export function historyRoutes(
  app: FastifyInstance,
  { devices, clickhouse }: Pick<Services, 'devices' | 'clickhouse'>,
): void {
  app.get<OnePage>(
    '/v1/devices/:id/history',
    {
      config: { access: ['public', 'device', 'wallet', 'investigator', 'operator'] },
      schema: {
        operationId: 'getDeviceHistory',
        summary: 'All that a device said of itself, newest first; its owner sees more than others',
        params: Params,
        querystring: Query,
        response: { 200: HistoryDocument, ...problems },
      },
    },
    async (request) => {
      const { id } = request.params;
      const state = devices.get(id);
      if (state === undefined) throw new TouchstoneError('device.unknown');
      const whole = mayReadAll(callerOf(request), state);
      // One more than is shown: what the last one changed, and whether there is a next page.
      const facts = await enrolmentsOf(clickhouse, id, placeOf(request.query.before), pageLength + 1);
      const shown = facts.slice(0, pageLength);
      const last = shown.at(-1);
      return {
        enrolments: shown.map((fact, index) => historyEntry(fact, facts[index + 1] ?? null, whole)),
        next: facts.length > pageLength && last !== undefined ? `${last.at}-${last.id}` : null,
      };
    },
  );
}

function mayReadAll({ role, id }: Caller, { device, enrolment }: DeviceState): boolean {
  if (role === 'device') return id === device;
  if (role === 'wallet') return id === enrolment.wallet;
  return role === 'investigator' || role === 'operator';
}

function placeOf(before: string | undefined): Pick<EnrolledFact, 'at' | 'id'> | null {
  const [at, id] = before?.split('-') ?? [];
  return at === undefined || id === undefined ? null : { at: Number(at), id };
}
