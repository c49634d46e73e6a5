import type { ClickHouseClient } from '@clickhouse/client';
import { type Static, Type } from 'typebox';
import { DeviceId } from '../../protocol/ids.js';
import { statement } from '../storage/statements.js';
import { minutesOf, quietMinutes } from './maintenance.js';

const Minute = Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1, description: 'Minutes since 1970 UTC' });

/** Minutes of a device: `up` of `countable` ones. What is not countable was unknown or maintenance and counts for nobody. */
export const PresenceSummary = Type.Object({
  up: Type.Integer({ minimum: 0 }),
  countable: Type.Integer({ minimum: 0 }),
});
export type PresenceSummary = Static<typeof PresenceSummary>;

// Sets of minutes, not counts of rows: sent again, or by two verifiers at once, a minute is one minute.
// The minute of the enrolment itself is left out: a device can't be there in the part that was before. Minutes of its
// maintenance are left out whether it was there or not; those of our quiet only where it was not.
const summary = statement({
  sql: `
    WITH
      (
        SELECT if(count() = 0, {until:UInt32}, toUInt32(intDiv(toUnixTimestamp64Milli(min(at)), 60000) + 1))
        FROM events WHERE device = {device:String} AND kind = 'device.enrolled'
      ) AS enrolled,
      greatest({since:UInt32}, enrolled) AS first,
      (
        SELECT bitmapSubsetInRange(groupBitmapMergeState(minutes), first, {until:UInt32})
        FROM presence_hours
        WHERE device = {device:String}
          AND hour >= intDiv({since:UInt32}, 60) AND hour <= intDiv({until:UInt32}, 60)
      ) AS present,
      (
        SELECT groupBitmapState(minute) FROM heartbeats WHERE minute >= first AND minute < {until:UInt32}
      ) AS service,
      (
        SELECT groupBitmapState(minute) FROM (${quietMinutes('{since:UInt32}', '{until:UInt32}')})
      ) AS quiet,
      (
        SELECT groupBitmapState(minute) FROM (${minutesOf('{device:String}', '{since:UInt32}', '{until:UInt32}')})
      ) AS maintained
    SELECT
      bitmapAndnotCardinality(present, maintained) AS up,
      bitmapAndnotCardinality(bitmapOr(present, bitmapAndnot(service, quiet)), maintained) AS countable`,
  params: Type.Object({ device: DeviceId, since: Minute, until: Minute }),
  row: PresenceSummary,
});

/**
 * How many of the minutes `since ≤ minute < until` since its enrolment a device was up, and how many count: those in
 * which a verifier was in service and not quiet, or the device was seen; none of its maintenance. Let `until` be the current
 * minute: it is not over yet.
 */
export async function presenceSummary(
  client: ClickHouseClient,
  device: string,
  sinceMinute: number,
  untilMinute: number,
): Promise<PresenceSummary> {
  const [row] = await summary(client, { device, since: sinceMinute, until: untilMinute });
  return row ?? { up: 0, countable: 0 };
}

const start = statement({
  sql: `
    SELECT if(count() = 0, {until:UInt32}, min(minute)) AS since
    FROM (
      SELECT DISTINCT minute FROM heartbeats
      WHERE minute < {until:UInt32} AND minute NOT IN (${quietMinutes('0', '{until:UInt32}')})
      ORDER BY minute DESC LIMIT {minutes:UInt32}
    )`,
  params: Type.Object({ until: Minute, minutes: Minute }),
  row: Type.Object({ since: Minute }),
});

/**
 * The minute at which the last `minutes` minutes of our service began, quiet ones left out. Scores look back over minutes of service, not
 * of the calendar: else an outage of ours would thin the evidence for everybody and lower every bound a little.
 */
export async function serviceWindow(
  client: ClickHouseClient,
  untilMinute: number,
  minutes: number,
): Promise<number> {
  const [row] = await start(client, { until: untilMinute, minutes });
  return row?.since ?? untilMinute;
}

const seen = statement({
  sql: `
    SELECT if(count() = 0, NULL, bitmapMax(groupBitmapMergeState(minutes))) AS minute
    FROM presence_hours
    WHERE device = {device:String}`,
  params: Type.Object({ device: DeviceId }),
  row: Type.Object({ minute: Type.Union([Minute, Type.Null()]) }),
});

/** The last minute since 1970 in which a device was there, or was credited an outage; null before the first. */
export async function lastMinuteSeen(client: ClickHouseClient, device: string): Promise<number | null> {
  const [row] = await seen(client, { device });
  return row?.minute ?? null;
}
