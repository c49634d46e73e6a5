import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import { DeviceId } from '../../protocol/ids.js';
import { statement } from '../storage/statements.js';

const DeviceSince = Type.Object({
  device: DeviceId,
  since: Type.Integer({ minimum: 0, description: 'Milliseconds since 1970 UTC' }),
});

const best = statement({
  sql: `
    SELECT if(count() = 0, NULL, max(JSONExtractFloat(body, 'squaringsPerSecond'))) AS rate
    FROM events
    WHERE device = {device:String} AND kind = 'squaring.measured'
      AND at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')`,
  params: DeviceSince,
  row: Type.Object({ rate: Type.Union([Type.Number(), Type.Null()]) }),
});

/** The most squarings a second that a device showed since an instant; null where it was not tried. */
export async function bestSquaringRate(
  client: ClickHouseClient,
  device: string,
  since: number,
): Promise<number | null> {
  const [row] = await best(client, { device, since });
  return row?.rate ?? null;
}

// By fact id first: stored twice it is one outage, and several cards of it were away at the same time.
const credited = statement({
  sql: `
    SELECT toInt64(sum(most)) AS credited
    FROM (
      SELECT max(credited_ms) AS most
      FROM offline_results
      WHERE device = {device:String} AND at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
      GROUP BY id
    )`,
  params: DeviceSince,
  row: Type.Object({ credited: Type.Integer({ minimum: 0 }) }),
});

/**
 * Milliseconds of outages that a device was credited in facts since an instant: of each outage the card that was credited
 * most.
 */
export async function creditedSince(
  client: ClickHouseClient,
  device: string,
  since: number,
): Promise<number> {
  const [row] = await credited(client, { device, since });
  return row?.credited ?? 0;
}
