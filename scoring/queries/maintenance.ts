import type { ClickHouseClient } from '@clickhouse/client';
import { type Static, Type } from 'typebox';
import { DeviceId, FactId } from '../../protocol/ids.js';
import { nobody } from '../facts/base.js';
import { statement } from '../storage/statements.js';
import { minuteOf } from './placed.js';

/** A time in which a device, or all of them, are not held to be there. Milliseconds since 1970 UTC: `from ≤ t < to`. */
export const TimeWindow = Type.Object({
  /** The fact that declared it. */
  id: FactId,
  /** `nobody` where it is a quiet of ours, for all. */
  device: DeviceId,
  from: Type.Integer(),
  to: Type.Integer(),
  reason: Type.String(),
  by: Type.String(),
  declaredAt: Type.Integer(),
});
export type TimeWindow = Static<typeof TimeWindow>;

/** One row a window, whatever came twice: the earliest end counts. */
const windowsOf = (where: string): string => `
  SELECT
    time_window, device,
    minIf(first, kind != 'maintenance.ended') AS begins,
    min(until) AS ends,
    anyIf(reason, kind != 'maintenance.ended') AS why,
    anyIf(declared_by, kind != 'maintenance.ended') AS who,
    minIf(maintenance.at, kind != 'maintenance.ended') AS declared
  FROM maintenance
  WHERE ${where}
  GROUP BY time_window, device
  HAVING countIf(kind != 'maintenance.ended') > 0`;

/** All minutes of the windows of a device or of everybody's, within `first ≤ minute < {until}`, each once or more often. */
export const minutesOf = (device: string, first: string, until: string): string => `
  SELECT toUInt32(arrayJoin(range(greatest(begins, ${first}), greatest(begins, ${first}, least(ends, ${until}))))) AS minute
  FROM (${windowsOf(`device = ${device}`)})`;

/** Of everybody: the quiet of our own roll-outs. */
export const quietMinutes = (first: string, until: string): string => minutesOf(`'${nobody}'`, first, until);

const columns = `
      time_window AS id, device,
      toUInt64(begins) * 60000 AS from, toUInt64(ends) * 60000 AS to,
      why AS reason, who AS by, toUnixTimestamp64Milli(declared) AS declaredAt`;

const Since = Type.Integer({ minimum: 0 });

const recent = statement({
  sql: `
    SELECT ${columns}
    FROM (${windowsOf('1')})
    WHERE ends > {since:UInt32} AND ends > begins
    ORDER BY from, id`,
  params: Type.Object({ since: Since }),
  row: TimeWindow,
});

/**
 * All windows that end after an instant, of all devices, and the quiet of everybody, by their begin. What was taken back before
 * it began is none. @param since milliseconds since 1970
 */
export function windowsSince(client: ClickHouseClient, since: number): Promise<TimeWindow[]> {
  return recent(client, { since: minuteOf(Math.max(0, since)) });
}

const recentOfDevice = statement({
  sql: `
    SELECT ${columns}
    FROM (${windowsOf(`device IN ({device:String}, '${nobody}')`)})
    WHERE ends > {since:UInt32} AND ends > begins
    ORDER BY from, id`,
  params: Type.Object({ device: DeviceId, since: Since }),
  row: TimeWindow,
});

/** The same of one device, and the quiet of everybody. */
export function windowsOfDevice(
  client: ClickHouseClient,
  device: string,
  since: number,
): Promise<TimeWindow[]> {
  return recentOfDevice(client, { device, since: minuteOf(Math.max(0, since)) });
}
