import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import { statement } from '../storage/statements.js';

const devices = statement({
  sql: `
    SELECT sum(cards) AS registered, sumIf(cards, status = 'verified') AS verified
    FROM (
      SELECT
        JSONLength(argMaxIf(body, (at, recorded, position), kind = 'device.enrolled'), 'cards') AS cards,
        JSONExtractString(argMaxIf(body, (at, recorded, position), kind = 'device.transition'), 'to') AS status
      FROM events
      WHERE kind IN ('device.enrolled', 'device.transition')
      GROUP BY device
      HAVING countIf(kind = 'device.enrolled') > 0
    )`,
  params: Type.Object({}),
  row: Type.Object({ registered: Type.Integer(), verified: Type.Integer() }),
});

// 255 stands for a device without cards.
const connected = statement({
  sql: `
    SELECT uniqExact(device, card) AS connected
    FROM presence
    WHERE minute >= {from:UInt32} AND minute < {to:UInt32} AND card < 255`,
  params: Type.Object({ from: Type.Integer(), to: Type.Integer() }),
  row: Type.Object({ connected: Type.Integer() }),
});

/** Cards of all devices, of those that are verified, and of those that were there in the last two whole minutes. */
export async function fleetFigures(client: ClickHouseClient, now: number) {
  const minute = Math.floor(now / 60_000);
  const [all] = await devices(client, {});
  const [there] = await connected(client, { from: minute - 2, to: minute });
  return {
    registered: all?.registered ?? 0,
    verified: all?.verified ?? 0,
    connected: there?.connected ?? 0,
  };
}
