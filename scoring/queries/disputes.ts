import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import { DeviceId, DisputeId, FactId, SweepId } from '../../protocol/ids.js';
import { CardIndex } from '../../protocol/messages/cards.js';
import { ExamOutcome } from '../../protocol/status.js';
import { nobody } from '../facts/base.js';
import type { EnrolledFact } from '../facts/facts.js';
import type { DisputeMovedFact } from '../facts/hardware.js';
import { statement } from '../storage/statements.js';
import { readDisputeMoved, readEnrolled } from './fact-body.js';

const Body = Type.Object({ body: Type.String() });
const Time = Type.Integer();
const Seconds = Type.String({ pattern: '^[0-9]+\\.[0-9]{3}$' });
/** Smaller ones are read as dates. */
const inSeconds = (at: number): string => (Math.max(1e12, at) / 1000).toFixed(3);

const latest = statement({
  sql: `
    SELECT body
    FROM events
    WHERE device = {nobody:String} AND kind = 'dispute.moved' AND id IN (
      SELECT argMax(id, (at, recorded, position)) FROM disputes GROUP BY dispute
    )
    ORDER BY at, recorded, position
    LIMIT 1 BY id`,
  params: Type.Object({ nobody: DeviceId }),
  row: Body,
});

/** How each dispute that there ever was stands. */
export async function loadDisputes(client: ClickHouseClient): Promise<DisputeMovedFact[]> {
  return (await latest(client, { nobody })).map(({ body }) => readDisputeMoved(body));
}

const page = statement({
  sql: `
    SELECT body
    FROM events
    WHERE device = {nobody:String} AND kind = 'dispute.moved' AND id IN (
      SELECT last FROM (
        SELECT argMax(id, (at, recorded, position)) AS last, max(at) AS moved FROM disputes GROUP BY dispute
      )
      WHERE toUnixTimestamp64Milli(moved) < {before:UInt64}
      ORDER BY moved DESC
      LIMIT {limit:UInt32}
    )
    ORDER BY at DESC, recorded DESC, position DESC
    LIMIT 1 BY id`,
  params: Type.Object({
    nobody: DeviceId,
    before: Type.Integer({ minimum: 0 }),
    limit: Type.Integer({ minimum: 1, maximum: 1000 }),
  }),
  row: Body,
});

/** Disputes as they stand, those that moved last first. @param before milliseconds since 1970: those that moved earlier */
export async function disputesBefore(
  client: ClickHouseClient,
  before: number,
  limit: number,
): Promise<DisputeMovedFact[]> {
  return (await page(client, { nobody, before, limit })).map(({ body }) => readDisputeMoved(body));
}

const moves = statement({
  sql: `
    SELECT body
    FROM events
    WHERE device = {nobody:String} AND kind = 'dispute.moved'
      AND id IN (SELECT id FROM disputes WHERE dispute = {dispute:String})
    ORDER BY at DESC, recorded DESC, position DESC
    LIMIT 1 BY id
    LIMIT {limit:UInt32}`,
  params: Type.Object({
    nobody: DeviceId,
    dispute: DisputeId,
    limit: Type.Integer({ minimum: 1, maximum: 1000 }),
  }),
  row: Body,
});

/** Moves of one dispute, newest first. */
export async function movesOf(
  client: ClickHouseClient,
  dispute: string,
  limit: number,
): Promise<DisputeMovedFact[]> {
  return (await moves(client, { nobody, dispute, limit })).map(({ body }) => readDisputeMoved(body));
}

// A sweep is public in several parts, perhaps twice, and an exam may have been ended twice: the later end counts.
const trials = statement({
  sql: `
    WITH shared AS (
      SELECT sweep
      FROM sweep_members
      WHERE device IN {devices:Array(String)} AND at >= toDateTime64({since:String}, 3, 'UTC')
      GROUP BY sweep
      HAVING uniqExact(device) > 1
      ORDER BY max(at) DESC, sweep
      LIMIT {limit:UInt32}
    )
    SELECT toString(ends.sweep) AS trial, toUnixTimestamp64Milli(begun) AS time, size, toString(device) AS asked, card,
      computeGo, memoryGo, outcome, attempts, walks
    FROM (
      SELECT sweep, device, card, exam, max(compute_go_ms IS NOT NULL) > 0 AS computeGo, max(memory_go_ms IS NOT NULL) > 0 AS memoryGo
      FROM sweep_members
      WHERE sweep IN (SELECT sweep FROM shared) AND device IN {devices:Array(String)}
      GROUP BY sweep, device, card, exam
    ) AS members
    INNER JOIN (
      SELECT assumeNotNull(sweep) AS sweep, device, card, exam, outcome, attempts, memory_attempts AS walks
      FROM exam_results
      WHERE sweep IN (SELECT sweep FROM shared) AND device IN {devices:Array(String)}
      ORDER BY at DESC, recorded DESC, position DESC
      LIMIT 1 BY id
    ) AS ends USING (sweep, device, card, exam)
    INNER JOIN (
      SELECT sweep, assumeNotNull(max(started_at)) AS begun
      FROM sweeps
      WHERE kind = 'sweep.finished' AND sweep IN (SELECT sweep FROM shared)
      GROUP BY sweep
    ) AS starts USING (sweep)
    INNER JOIN (
      SELECT sweep, toUInt32(uniqExact(device)) AS size
      FROM sweep_members
      WHERE sweep IN (SELECT sweep FROM shared)
      GROUP BY sweep
    ) AS sizes USING (sweep)
    ORDER BY time, trial, asked, card`,
  params: Type.Object({
    devices: Type.Array(DeviceId),
    since: Seconds,
    limit: Type.Integer({ minimum: 1, maximum: 10_000 }),
  }),
  row: Type.Object({
    trial: SweepId,
    time: Time,
    size: Type.Integer(),
    asked: DeviceId,
    card: CardIndex,
    computeGo: Type.Union([Type.Boolean(), Type.Integer()]),
    memoryGo: Type.Union([Type.Boolean(), Type.Integer()]),
    outcome: ExamOutcome,
    attempts: Type.Integer(),
    walks: Type.Union([Type.Integer(), Type.Null()]),
  }),
});

/** One card in a sweep in which others of those who are asked about were too. */
export interface SweptCard {
  readonly sweep: string;
  /** When the sweep began, milliseconds since 1970. */
  readonly at: number;
  /** All devices of the sweep. */
  readonly devices: number;
  readonly device: string;
  readonly card: number;
  readonly outcome: ExamOutcome;
  /** Let go with the others in the first part, and what it was asked then it has answered. */
  readonly went: boolean;
  /** Let go with the others in both parts, and passed both at the first asking. */
  readonly passed: boolean;
}

/**
 * Cards of these devices in sweeps that at least two of them were in, oldest first, with exams that are over.
 * @param since milliseconds since 1970
 * @param limit of sweeps: the latest
 */
export async function sweptTogether(
  client: ClickHouseClient,
  devices: readonly string[],
  since: number,
  limit: number,
): Promise<SweptCard[]> {
  if (devices.length < 2) return [];
  const rows = await trials(client, { devices: [...devices], since: inSeconds(since), limit });
  return rows.map(({ trial, time, size, asked, card, computeGo, memoryGo, outcome, attempts, walks }) => {
    // Only a line that broke, or a silence, is asked again: too slow or wrong ends an exam at its first asking.
    const atOnce = attempts === 1 && (walks ?? 0) <= 1;
    return {
      sweep: trial,
      at: time,
      devices: size,
      device: asked,
      card,
      outcome,
      went: Boolean(computeGo) && atOnce && (outcome === 'passed' || outcome === 'failed'),
      passed: Boolean(computeGo) && Boolean(memoryGo) && atOnce && walks === 1 && outcome === 'passed',
    };
  });
}

const cleared = statement({
  sql: `
    SELECT toString(device) AS of, toUnixTimestamp64Milli(max(at)) AS time
    FROM events
    WHERE device IN {devices:Array(String)} AND kind = 'device.transition'
      AND JSONExtractString(body, 'cause') = 'cleared'
    GROUP BY device`,
  params: Type.Object({ devices: Type.Array(DeviceId) }),
  row: Type.Object({ of: DeviceId, time: Time }),
});

/** When each of these devices was last cleared by a person, milliseconds since 1970; absent where it never was. */
export async function clearedAt(
  client: ClickHouseClient,
  devices: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (devices.length === 0) return new Map();
  const rows = await cleared(client, { devices: [...devices] });
  return new Map(rows.map(({ of, time }) => [of, time]));
}

const enrolments = statement({
  sql: `
    SELECT body
    FROM (
      SELECT id, any(body) AS body, toString(any(device)) AS of, max(at) AS time
      FROM events
      WHERE device IN {devices:Array(String)} AND kind = 'device.enrolled'
      GROUP BY id
    )
    ORDER BY time DESC
    LIMIT {each:UInt32} BY of`,
  params: Type.Object({
    devices: Type.Array(DeviceId),
    each: Type.Integer({ minimum: 1, maximum: 1000 }),
  }),
  row: Body,
});

/** The latest enrolments of some devices, newest first. @param each most of one device */
export async function enrolmentsOfMany(
  client: ClickHouseClient,
  devices: readonly string[],
  each: number,
): Promise<EnrolledFact[]> {
  if (devices.length === 0) return [];
  return (await enrolments(client, { devices: [...devices], each })).map(({ body }) => readEnrolled(body));
}

const recorded = statement({
  sql: `
    SELECT toUInt32(uniqExact(id)) AS known
    FROM events
    WHERE device = {device:String} AND kind = 'device.transition' AND id = {id:String}`,
  params: Type.Object({ device: DeviceId, id: FactId }),
  row: Type.Object({ known: Type.Integer() }),
});

/** Whether a transition of a device is on record. */
export async function hasTransition(client: ClickHouseClient, device: string, id: string): Promise<boolean> {
  return ((await recorded(client, { device, id }))[0]?.known ?? 0) > 0;
}

const answered = statement({
  sql: `
    SELECT DISTINCT toString(id) AS exam
    FROM exam_results
    WHERE device = {device:String} AND card = {card:UInt8} AND sweep IN {sweeps:Array(String)}
    ORDER BY exam
    LIMIT 1000`,
  params: Type.Object({ device: DeviceId, card: CardIndex, sweeps: Type.Array(SweepId) }),
  row: Type.Object({ exam: FactId }),
});

/** Ids of the facts by which exams of a card in some sweeps ended. */
export async function examFactsIn(
  client: ClickHouseClient,
  device: string,
  card: number,
  sweeps: readonly string[],
): Promise<string[]> {
  return (await answered(client, { device, card, sweeps: [...sweeps] })).map(({ exam }) => exam);
}
