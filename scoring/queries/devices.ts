import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import { DeviceId } from '../../protocol/ids.js';
import type { DeviceStatus } from '../../protocol/status.js';
import type { EnrolledFact } from '../facts/facts.js';
import { statement } from '../storage/statements.js';
import { readEnrolled, readTransition } from './fact-body.js';

/** All that a verifier needs to take up a device where it was left. Times are milliseconds since 1970 UTC. */
export interface DeviceRecord {
  readonly device: string;
  /** The latest: its name, agent and claimed cards. */
  readonly enrolment: EnrolledFact;
  readonly firstEnrolledAt: number;
  readonly status: DeviceStatus;
  readonly statusSince: number;
  /** Why it is in that status; empty before the first transition. */
  readonly reasons: readonly string[];
  /** End of its latest exam, whatever the outcome. */
  readonly lastExamAt: number | null;
  readonly lastPassedAt: number | null;
}

const milliseconds = Type.Integer();

// Aggregates over facts are the same with a fact stored twice: no FINAL and no DISTINCT is needed.
const latestEvents = statement({
  sql: `
    SELECT
      device,
      argMaxIf(body, (at, recorded, position), kind = 'device.enrolled') AS enrolment,
      toUnixTimestamp64Milli(minIf(at, kind = 'device.enrolled')) AS firstEnrolledAt,
      argMaxIf(body, (at, recorded, position), kind = 'device.transition') AS transition
    FROM events
    WHERE kind IN ('device.enrolled', 'device.transition')
    GROUP BY device
    HAVING countIf(kind = 'device.enrolled') > 0
    ORDER BY firstEnrolledAt, device`,
  params: Type.Object({}),
  row: Type.Object({
    device: DeviceId,
    enrolment: Type.String(),
    firstEnrolledAt: milliseconds,
    transition: Type.String({ description: 'Empty where there was none' }),
  }),
});

const latestExams = statement({
  sql: `
    SELECT
      device,
      toUnixTimestamp64Milli(max(at)) AS lastExamAt,
      if(countIf(outcome = 'passed') > 0, toUnixTimestamp64Milli(maxIf(at, outcome = 'passed')), NULL) AS lastPassedAt
    FROM exam_results
    GROUP BY device`,
  params: Type.Object({}),
  row: Type.Object({
    device: DeviceId,
    lastExamAt: milliseconds,
    lastPassedAt: Type.Union([milliseconds, Type.Null()]),
  }),
});

/** Every device that ever enrolled, oldest first. */
export async function loadDevices(client: ClickHouseClient): Promise<DeviceRecord[]> {
  const events = await latestEvents(client, {});
  const exams = new Map((await latestExams(client, {})).map((row) => [row.device, row]));
  return events.map(({ device, enrolment, firstEnrolledAt, transition }) => ({
    device,
    enrolment: readEnrolled(enrolment),
    firstEnrolledAt,
    ...statusAfter(transition, firstEnrolledAt),
    lastExamAt: exams.get(device)?.lastExamAt ?? null,
    lastPassedAt: exams.get(device)?.lastPassedAt ?? null,
  }));
}

function statusAfter(
  body: string,
  enrolledAt: number,
): Pick<DeviceRecord, 'status' | 'statusSince' | 'reasons'> {
  if (body === '') return { status: 'enrolled', statusSince: enrolledAt, reasons: [] };
  const { to, at, reasons } = readTransition(body);
  return { status: to, statusSince: at, reasons };
}
