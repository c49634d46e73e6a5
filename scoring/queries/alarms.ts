import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import type { AlarmRaisedFact } from '../facts/access.js';
import { statement } from '../storage/statements.js';
import { readAlarm } from './fact-body.js';

const bodies = statement({
  sql: `
    SELECT body
    FROM events
    WHERE kind = 'alarm.raised' AND at >= fromUnixTimestamp64Milli({since:Int64})
    ORDER BY at DESC, id DESC
    LIMIT 1 BY id
    LIMIT {limit:UInt32}`,
  params: Type.Object({
    since: Type.Integer({ minimum: 0, description: 'Milliseconds since 1970 UTC' }),
    limit: Type.Integer({ minimum: 0, maximum: 1_000 }),
  }),
  row: Type.Object({ body: Type.String() }),
});

/** Alarms that rang, newest first. @param since milliseconds since 1970 UTC */
export async function alarmsSince(
  client: ClickHouseClient,
  since: number,
  limit: number,
): Promise<AlarmRaisedFact[]> {
  return (await bodies(client, { since, limit })).map(({ body }) => readAlarm(body));
}
