import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { AlarmRaisedFact } from '../../scoring/facts/access.js';
import { nobody } from '../../scoring/facts/base.js';
import { alarmsSince } from '../../scoring/queries/alarms.js';
import { timeOf } from '../documents/reason.js';
import type { Services } from '../services.js';
import { problems } from './problems.js';

const { id, alarm, subject, count, windowMs, threshold, device } = AlarmRaisedFact.properties;
const AlarmDocument = Type.Object({
  id,
  at: Type.String({ format: 'date-time' }),
  alarm,
  subject: { ...subject, description: 'Whose doing: `device/…`, `wallet/…`, `address/…` (hashed), `fleet`' },
  device: Type.Union([device, Type.Null()], { description: 'Whom it was done to; null where many' }),
  count,
  windowMs,
  threshold,
});
const Alarms = Type.Object({ alarms: Type.Array(AlarmDocument, { description: 'Newest first' }) });

const lookBackMs = 7 * 24 * 3600_000;
const most = 200;

/** `GET /v1/alarms`: what happened more often than honest use explains, for those who look after the fleet. */
export function alarmRoutes(
  app: FastifyInstance,
  { clickhouse, clock }: Pick<Services, 'clickhouse' | 'clock'>,
): void {
  app.get(
    '/v1/alarms',
    {
      config: { access: ['investigator', 'operator'] },
      schema: {
        operationId: 'listAlarms',
        summary: 'Alarms of the last seven days, newest first',
        response: { 200: Alarms, ...problems },
      },
    },
    async () => {
      const facts = await alarmsSince(clickhouse, clock.now() - lookBackMs, most);
      return {
        alarms: facts.map(({ kind: _, at, device, ...rest }) => ({
          ...rest,
          at: timeOf(at),
          device: device === nobody ? null : device,
        })),
      };
    },
  );
}
