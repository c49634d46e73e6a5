import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import type { CardAttestedFact } from '../facts/hardware.js';
import { statement } from '../storage/statements.js';
import { readAttested } from './fact-body.js';

const bodies = statement({
  sql: `
    SELECT body
    FROM events
    WHERE kind = 'card.attested' AND at >= fromUnixTimestamp64Milli({since:Int64})
    ORDER BY at, id
    LIMIT 1 BY id`,
  params: Type.Object({ since: Type.Integer({ minimum: 0, description: 'Milliseconds since 1970 UTC' }) }),
  row: Type.Object({ body: Type.String() }),
});

/** Attestations of all cards, oldest first. @param since milliseconds since 1970 UTC */
export async function attestationsSince(
  client: ClickHouseClient,
  since: number,
): Promise<CardAttestedFact[]> {
  return (await bodies(client, { since: Math.max(0, since) })).map(({ body }) => readAttested(body));
}
