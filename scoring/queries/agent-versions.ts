import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import { DeviceId } from '../../protocol/ids.js';
import { nobody } from '../facts/base.js';
import type { AgentOldestFact } from '../facts/maintenance.js';
import { statement } from '../storage/statements.js';
import { readAgentOldest } from './fact-body.js';

const bodies = statement({
  sql: `
    SELECT body
    FROM events
    WHERE device = {device:String} AND kind = 'agent.oldest'
    ORDER BY at, recorded, position
    LIMIT 1 BY id`,
  params: Type.Object({ device: DeviceId }),
  row: Type.Object({ body: Type.String() }),
});

/** Which versions of the agent were announced as the oldest, in the order in which that was said. */
export async function announcedVersions(client: ClickHouseClient): Promise<AgentOldestFact[]> {
  return (await bodies(client, { device: nobody })).map(({ body }) => readAgentOldest(body));
}
