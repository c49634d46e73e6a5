import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import { statement } from '../storage/statements.js';

const time = statement({
  sql: 'SELECT toUnixTimestamp64Milli(now64(3)) AS now',
  params: Type.Object({}),
  row: Type.Object({ now: Type.Integer() }),
});

/** The clock of ClickHouse, milliseconds since 1970. */
export async function serverTime(client: ClickHouseClient): Promise<number> {
  const [row] = await time(client, {});
  return row?.now ?? Number.NaN;
}
