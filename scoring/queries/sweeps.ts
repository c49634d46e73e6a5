import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import { DeviceId, Hex32, SweepId } from '../../protocol/ids.js';
import { SweepKind, type SweepSummary } from '../../protocol/messages/sweep.js';
import { nobody } from '../facts/base.js';
import type { ExamFact } from '../facts/facts.js';
import type { SweepChainFact, SweepFact } from '../facts/sweep.js';
import { statement } from '../storage/statements.js';
import { onceEach } from './exams.js';
import { readExam, readSweep, readSweepChain } from './fact-body.js';

const Body = Type.Object({ body: Type.String() });
const Limit = Type.Integer({ minimum: 1, maximum: 10_000 });

const chains = statement({
  sql: `
    SELECT body
    FROM events
    WHERE device = {nobody:String} AND kind = 'sweep.chain'
    ORDER BY at DESC, recorded DESC, position DESC
    LIMIT 1 BY id
    LIMIT {limit:UInt32}`,
  params: Type.Object({ nobody: DeviceId, limit: Limit }),
  row: Body,
});

/** Chains whose heads were published, newest first. */
export async function sweepChains(client: ClickHouseClient, limit: number): Promise<SweepChainFact[]> {
  return (await chains(client, { nobody, limit })).map(({ body }) => readSweepChain(body));
}

const taken = statement({
  sql: `SELECT max(place) AS taken FROM sweeps WHERE chain = {chain:String}`,
  params: Type.Object({ chain: Hex32 }),
  row: Type.Object({ taken: Type.Integer() }),
});

/** The highest place that was ever taken of a chain; 0 where none was. */
export async function lastTaken(client: ClickHouseClient, chain: string): Promise<number> {
  const [row] = await taken(client, { chain });
  return row?.taken ?? 0;
}

const lastFinished = statement({
  sql: `
    SELECT argMax(sweep, place) AS sweep
    FROM sweeps
    WHERE chain = {chain:String} AND kind = 'sweep.finished'
    HAVING count() > 0`,
  params: Type.Object({ chain: Hex32 }),
  row: Type.Object({ sweep: SweepId }),
});

/** The sweep with the highest place of a chain that is over; null where none is. */
export async function lastFinishedOf(client: ClickHouseClient, chain: string): Promise<string | null> {
  return (await lastFinished(client, { chain }))[0]?.sweep ?? null;
}

const takers = statement({
  sql: `SELECT DISTINCT sweep FROM sweeps WHERE chain = {chain:String} AND place = {place:UInt32}`,
  params: Type.Object({ chain: Hex32, place: Type.Integer({ minimum: 1 }) }),
  row: Type.Object({ sweep: SweepId }),
});

/** Sweeps that a preimage was taken for: one, where all is well. */
export async function takersOf(client: ClickHouseClient, chain: string, place: number): Promise<string[]> {
  return (await takers(client, { chain, place })).map(({ sweep }) => sweep);
}

const finished = statement({
  sql: `
    SELECT body
    FROM events
    WHERE device = {nobody:String} AND kind = 'sweep.finished'
      AND id IN (SELECT id FROM sweeps WHERE sweep = {sweep:String} AND kind = 'sweep.finished')
    ORDER BY at, recorded, position
    LIMIT 1 BY id`,
  params: Type.Object({ nobody: DeviceId, sweep: SweepId }),
  row: Body,
});

/**
 * All parts of a sweep that is over, in their order; none where it is not, or is not known. One that was given up for lost, more
 * than once perhaps, and came to its end all the same is what it was at its end.
 */
export async function sweepParts(client: ClickHouseClient, sweep: string): Promise<SweepFact[]> {
  const rows = await finished(client, { nobody, sweep });
  const ends = rows.map(({ body }) => readSweep(body)).sort((a, b) => a.part - b.part);
  const parts = ends.filter(({ drawn }) => drawn > 0);
  return parts.length > 0 ? parts : ends.slice(0, 1);
}

const exams = statement({
  sql: `
    WITH asked AS (SELECT id, device FROM exam_results WHERE sweep = {sweep:String})
    SELECT body
    FROM events
    WHERE device IN (SELECT device FROM asked) AND kind = 'exam.finished' AND id IN (SELECT id FROM asked)
    ${onceEach}`,
  params: Type.Object({ sweep: SweepId }),
  row: Body,
});

/** Exams of all cards that were asked in a sweep, as far as they are over; in no order. */
export async function examsOfSweep(client: ClickHouseClient, sweep: string): Promise<ExamFact[]> {
  return (await exams(client, { sweep })).map(({ body }) => readExam(body));
}

const NullableNumber = Type.Union([Type.Number(), Type.Null()]);
const Time = Type.Integer();

const list = statement({
  sql: `
    SELECT sweep, any(sweep_kind) AS kind, toUnixTimestamp64Milli(assumeNotNull(max(started_at))) AS startedAt,
      sum(cards) AS asked, max(compute_p99_ms) AS computeP99Ms, max(memory_p99_ms) AS memoryP99Ms
    FROM (SELECT * FROM sweeps WHERE kind = 'sweep.finished' LIMIT 1 BY id)
    GROUP BY sweep
    HAVING startedAt < {before:UInt64}
    ORDER BY startedAt DESC
    LIMIT {limit:UInt32}`,
  params: Type.Object({ before: Time, limit: Limit }),
  row: Type.Object({
    sweep: SweepId,
    kind: SweepKind,
    startedAt: Time,
    asked: Type.Integer(),
    computeP99Ms: NullableNumber,
    memoryP99Ms: NullableNumber,
  }),
});

/** Sweeps that are over, newest first. @param before milliseconds since 1970: those that began earlier */
export async function finishedSweeps(
  client: ClickHouseClient,
  before: number,
  limit: number,
): Promise<SweepSummary[]> {
  const rows = await list(client, { before, limit });
  return rows.map(({ kind, asked, ...row }) => ({ ...row, sweepKind: kind, cards: asked }));
}

const abandoned = statement({
  sql: `
    SELECT sweep, any(sweep_kind) AS sweepKind, any(chain) AS of, any(place) AS index,
      toUnixTimestamp64Milli(min(at)) AS takenAt
    FROM sweeps
    GROUP BY sweep
    HAVING countIf(kind = 'sweep.finished') = 0 AND takenAt < {before:UInt64}
    ORDER BY takenAt`,
  params: Type.Object({ before: Time }),
  row: Type.Object({
    sweep: SweepId,
    sweepKind: SweepKind,
    of: Hex32,
    index: Type.Integer(),
    takenAt: Time,
  }),
});

/** Preimages that were taken before an instant, for sweeps of which no end is on record. */
export const abandonedSweeps = (client: ClickHouseClient, before: number) => abandoned(client, { before });

const lastRound = statement({
  sql: `
    SELECT toUnixTimestamp64Milli(max(at)) AS last
    FROM sweeps
    WHERE kind = 'sweep.finished' AND sweep_kind = 'fleet'
    HAVING count() > 0`,
  params: Type.Object({}),
  row: Type.Object({ last: Time }),
});

/** When the last window of the whole fleet was over, milliseconds since 1970; null where none was. */
export async function lastFleetWindowAt(client: ClickHouseClient): Promise<number | null> {
  return (await lastRound(client, {}))[0]?.last ?? null;
}

const sweptSince = statement({
  sql: `
    SELECT DISTINCT device
    FROM sweep_members
    WHERE sweep_kind = 'fleet' AND at >= toDateTime64({since:String}, 3, 'UTC')`,
  params: Type.Object({ since: Type.String({ pattern: '^[0-9]+\\.[0-9]{3}$' }) }),
  row: Type.Object({ device: DeviceId }),
});

/** Devices that were asked in windows of the whole fleet since an instant, milliseconds since 1970. */
export async function fleetSweptSince(client: ClickHouseClient, since: number): Promise<string[]> {
  const rows = await sweptSince(client, { since: (since / 1000).toFixed(3) });
  return rows.map(({ device }) => device);
}

// The same rule as `provenTogether` of challenges/sweep/: an exam of the sweep, whole at the first asking, of a card that was let
// go with the others in both parts.
const proven = statement({
  sql: `
    WITH members AS (
      SELECT sweep, device, card, exam
      FROM sweep_members
      WHERE at >= toDateTime64({since:String}, 3, 'UTC') AND compute_go_ms IS NOT NULL AND memory_go_ms IS NOT NULL
    )
    SELECT assumeNotNull(ends.sweep) AS sweep, toUnixTimestamp64Milli(max(ends.at)) AS at,
      uniqExact(if(ifNull(hardware, '') = '', concat(device, '/', toString(card)), assumeNotNull(hardware))) AS gpus
    FROM (
      SELECT *
      FROM exam_results
      WHERE sweep IN (SELECT sweep FROM members) AND (device, card, exam) IN (SELECT device, card, exam FROM members)
      ${onceEach}
    ) AS ends
    WHERE outcome = 'passed' AND attempts = 1 AND memory_attempts = 1 AND card_kind = 'gpu'
    GROUP BY ends.sweep
    ORDER BY gpus DESC, at DESC
    LIMIT 1`,
  params: Type.Object({ since: Type.String({ pattern: '^[0-9]+\\.[0-9]{3}$' }) }),
  row: Type.Object({ sweep: SweepId, at: Time, gpus: Type.Integer() }),
});

/** The sweep since an instant in which most distinct GPUs were proven together; null where none were. */
export async function mostProvenTogether(client: ClickHouseClient, since: number) {
  return (await proven(client, { since: (since / 1000).toFixed(3) }))[0] ?? null;
}
