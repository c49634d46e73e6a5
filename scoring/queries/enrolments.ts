import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import { DeviceId, FactId } from '../../protocol/ids.js';
import type { EnrolledFact } from '../facts/facts.js';
import { statement } from '../storage/statements.js';
import { readEnrolled } from './fact-body.js';

const bodies = statement({
  sql: `
    SELECT body
    FROM events
    WHERE device = {device:String} AND kind = 'device.enrolled'
      AND (toUnixTimestamp64Milli(at), id) < ({beforeAt:Int64}, {beforeId:String})
    ORDER BY events.at DESC, id DESC
    LIMIT 1 BY id
    LIMIT {limit:UInt32}`,
  params: Type.Object({
    device: DeviceId,
    beforeAt: Type.Integer({ minimum: 0 }),
    beforeId: Type.Union([FactId, Type.Literal('')]),
    limit: Type.Integer({ minimum: 0, maximum: 1_000 }),
  }),
  row: Type.Object({ body: Type.String() }),
});

/**
 * What a device has said of itself, newest first.
 *
 * @param before only what is older than this; null from the newest on
 */
export async function enrolmentsOf(
  client: ClickHouseClient,
  device: string,
  before: Pick<EnrolledFact, 'at' | 'id'> | null,
  limit: number,
): Promise<EnrolledFact[]> {
  // A time that no fact has, and no digit of an id before it.
  const place = { beforeAt: before?.at ?? 2 ** 52, beforeId: before?.id ?? '' };
  return (await bodies(client, { device, ...place, limit })).map(({ body }) => readEnrolled(body));
}
