import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import { DeviceId } from '../../protocol/ids.js';
import type { NetworkFact } from '../facts/facts.js';
import { statement } from '../storage/statements.js';
import { readNetwork } from './fact-body.js';

const latest = statement({
  sql: `
    SELECT body
    FROM events
    WHERE device = {device:String} AND kind = 'network.measured'
    ORDER BY at DESC, recorded DESC, position DESC
    LIMIT 1`,
  params: Type.Object({ device: DeviceId }),
  row: Type.Object({ body: Type.String() }),
});

/** The last measurement of a device's line, or null. */
export async function latestNetwork(client: ClickHouseClient, device: string): Promise<NetworkFact | null> {
  const [row] = await latest(client, { device });
  return row === undefined ? null : readNetwork(row.body);
}
