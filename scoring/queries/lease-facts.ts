import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import { DeviceId, ExamId, LeaseId } from '../../protocol/ids.js';
import type { ExamFact } from '../facts/facts.js';
import type { TableFact } from '../facts/timelock.js';
import { statement } from '../storage/statements.js';
import { onceEach } from './exams.js';
import { readExam, readTable } from './fact-body.js';

const tables = statement({
  sql: `
    SELECT body
    FROM events
    WHERE device = {device:String} AND kind = 'table.built' AND JSONExtractString(body, 'lease') = {lease:String}
    ORDER BY at, recorded, position
    LIMIT 1 BY id`,
  params: Type.Object({ device: DeviceId, lease: LeaseId }),
  row: Type.Object({ body: Type.String() }),
});

/** The ballasts that were made for a lease, oldest first. */
export async function tablesOfLease(
  client: ClickHouseClient,
  device: string,
  lease: string,
): Promise<TableFact[]> {
  return (await tables(client, { device, lease })).map(({ body }) => readTable(body));
}

const exams = statement({
  sql: `
    SELECT body
    FROM events
    WHERE device = {device:String} AND kind = 'exam.finished' AND JSONExtractString(body, 'exam') = {exam:String}
    ${onceEach}`,
  params: Type.Object({ device: DeviceId, exam: ExamId }),
  row: Type.Object({ body: Type.String() }),
});

/** One exam of a device: a fact for each of its cards, ascending. */
export async function examById(client: ClickHouseClient, device: string, exam: string): Promise<ExamFact[]> {
  const facts = (await exams(client, { device, exam })).map(({ body }) => readExam(body));
  return facts.sort((a, b) => a.card - b.card);
}
