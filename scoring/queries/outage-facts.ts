import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import { DeviceId } from '../../protocol/ids.js';
import type { OfflineFact } from '../facts/timelock.js';
import { statement } from '../storage/statements.js';
import { readOffline } from './fact-body.js';

const outages = statement({
  sql: `
    SELECT body
    FROM events
    WHERE device = {device:String} AND kind = 'offline.shown'
      AND at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    ORDER BY at, recorded, position
    LIMIT 1 BY id`,
  params: Type.Object({
    device: DeviceId,
    since: Type.Integer({ minimum: 0, description: 'Milliseconds since 1970 UTC' }),
  }),
  row: Type.Object({ body: Type.String() }),
});

/** The outages of a device that were shown at `since` or later, in milliseconds since 1970, oldest first. */
export async function outagesOf(
  client: ClickHouseClient,
  device: string,
  since: number,
): Promise<OfflineFact[]> {
  return (await outages(client, { device, since })).map(({ body }) => readOffline(body));
}
