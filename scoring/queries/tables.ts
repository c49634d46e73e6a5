import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import { DeviceId } from '../../protocol/ids.js';
import type { TableFact } from '../facts/timelock.js';
import { statement } from '../storage/statements.js';
import { readTable } from './fact-body.js';

const latest = statement({
  sql: `
    SELECT body
    FROM events
    WHERE device = {device:String} AND kind = 'table.built'
    ORDER BY at DESC, recorded DESC, position DESC
    LIMIT 1 BY JSONExtractUInt(body, 'card')`,
  params: Type.Object({ device: DeviceId }),
  row: Type.Object({ body: Type.String() }),
});

/** The newest table of each card that was made outside an exam, ascending by card. */
export async function latestTables(client: ClickHouseClient, device: string): Promise<TableFact[]> {
  const tables = (await latest(client, { device })).map(({ body }) => readTable(body));
  return tables.toSorted((a, b) => a.card - b.card);
}
