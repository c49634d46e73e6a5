import type { ClickHouseClient } from '@clickhouse/client';
import { type Static, Type } from 'typebox';
import { DeviceId } from '../../protocol/ids.js';
import { CardIndex } from '../../protocol/messages/cards.js';
import { ExamOutcome } from '../../protocol/status.js';
import type { ExamFact } from '../facts/facts.js';
import { statement } from '../storage/statements.js';
import { readExam } from './fact-body.js';

/** One exam of one card, as the formulas want it. `gflops` is null where no rate was proven. */
export const ExamResult = Type.Object({
  outcome: ExamOutcome,
  card: CardIndex,
  at: Type.Integer({ description: 'Milliseconds since 1970 UTC' }),
  gflops: Type.Union([Type.Number(), Type.Null()]),
  class: Type.Union([Type.String(), Type.Null()]),
  /** What it cost the card, milliseconds (`examCostMs`); nothing where absent. */
  costMs: Type.Optional(Type.Number()),
  /** Whether it was part of a sweep. */
  swept: Type.Optional(Type.Boolean()),
});
export type ExamResult = Static<typeof ExamResult>;

/**
 * What a reader of exams takes of those that stand in the record twice: they may have been ended twice too, by a verifier that
 * died with the end untold, and by its heir. The later end is the one that everybody was told.
 */
export const onceEach = 'ORDER BY at DESC, recorded DESC, position DESC LIMIT 1 BY id';

const outcomes = statement({
  sql: `
    SELECT
      outcome, card, toUnixTimestamp64Milli(ends.at) AS at, gflops, class,
      ifNull(elapsed_ms, 0) * attempts + ifNull(build_ms, 0)
        + ifNull(memory_elapsed_ms, 0) * ifNull(memory_attempts, 0) AS costMs,
      toBool(isNotNull(sweep)) AS swept
    FROM (SELECT * FROM exam_results WHERE device = {device:String} ${onceEach}) AS ends
    ORDER BY ends.at, recorded, position`,
  params: Type.Object({ device: DeviceId }),
  row: ExamResult,
});

/**
 * Time of a card that an exam took, milliseconds: every attempt at the compute part and at the walk as long as the last one,
 * and the build. What broke off before it was timed is not known and counts nothing.
 */
export function examCostMs({ attempts, elapsedMs, memory }: ExamFact): number {
  const walkMs = (memory?.elapsedMs ?? 0) * (memory?.attempts ?? 0);
  return (elapsedMs ?? 0) * attempts + (memory?.buildMs ?? 0) + walkMs;
}

/** All exams of a device in the order they ended. */
export function examOutcomes(client: ClickHouseClient, device: string): Promise<ExamResult[]> {
  return outcomes(client, { device });
}

const bodies = statement({
  sql: `
    SELECT body
    FROM events
    WHERE device = {device:String} AND kind = 'exam.finished'
    ${onceEach}
    LIMIT {limit:UInt32}`,
  params: Type.Object({ device: DeviceId, limit: Type.Integer({ minimum: 0, maximum: 10_000 }) }),
  row: Type.Object({ body: Type.String() }),
});

/** The latest exams of a device, newest first, with all that is needed to check each verdict again. */
export async function examHistory(
  client: ClickHouseClient,
  device: string,
  limit: number,
): Promise<ExamFact[]> {
  return (await bodies(client, { device, limit })).map(({ body }) => readExam(body));
}
