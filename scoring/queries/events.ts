import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import { DeviceId } from '../../protocol/ids.js';
import type { Fact } from '../facts/facts.js';
import { statement } from '../storage/statements.js';
import { readFact } from './fact-body.js';

const bodies = statement({
  sql: `
    SELECT body
    FROM events
    WHERE device = {device:String}
      AND kind NOT IN ('table.built', 'squaring.measured', 'lease.witnessed', 'alarm.raised')
      AND NOT (kind = 'probe.finished' AND JSONExtractString(body, 'outcome') = 'passed')
    ORDER BY at DESC, recorded DESC, position DESC
    LIMIT 1 BY id
    LIMIT {limit:UInt32}`,
  params: Type.Object({ device: DeviceId, limit: Type.Integer({ minimum: 0, maximum: 10_000 }) }),
  row: Type.Object({ body: Type.String() }),
});

/**
 * The latest of what happened to a device, newest first: enrolments, transitions, exams, measurements of its line, outages,
 * leases, and probes that were not passed. What comes every few minutes as it should is not among it.
 */
export async function eventsOf(client: ClickHouseClient, device: string, limit: number): Promise<Fact[]> {
  return (await bodies(client, { device, limit })).map(({ body }) => readFact(body));
}
