import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import { statement } from '../storage/statements.js';
import { quietMinutes } from './maintenance.js';

const Minute = Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1, description: 'Minutes since 1970 UTC' });

// Neighbouring minutes have the same difference to their place in the order.
const silent = statement({
  sql: `
    SELECT toUInt32(min(minute)) AS first, toUInt32(max(minute)) AS last
    FROM (
      SELECT minute, minute - row_number() OVER (ORDER BY minute) AS stretch
      FROM (
        SELECT toInt64(number) AS minute FROM numbers({since:UInt32}, {count:UInt32})
        WHERE number NOT IN (
          SELECT minute FROM heartbeats WHERE minute >= {since:UInt32} AND minute < {since:UInt32} + {count:UInt32}
        ) OR number IN (${quietMinutes('{since:UInt32}', '{since:UInt32} + {count:UInt32}')})
      )
    )
    GROUP BY stretch
    ORDER BY first`,
  params: Type.Object({ since: Minute, count: Minute }),
  row: Type.Object({ first: Minute, last: Minute }),
});

/**
 * When we were out or quiet: whole minutes between two instants in which no verifier wrote a heartbeat, or in which we had
 * said that nothing is begun, joined, oldest first. All times are milliseconds since 1970. Let `to` be a minute ago at least:
 * the heartbeat of a minute is stored after it.
 */
export async function oursBetween(
  client: ClickHouseClient,
  from: number,
  to: number,
): Promise<{ from: number; to: number }[]> {
  const since = Math.ceil(from / 60_000);
  const count = Math.floor(to / 60_000) - since;
  if (count <= 0) return [];
  const rows = await silent(client, { since, count });
  return rows.map(({ first, last }) => ({ from: first * 60_000, to: (last + 1) * 60_000 }));
}
