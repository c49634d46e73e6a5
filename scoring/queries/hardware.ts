import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { TouchstoneError } from '../../protocol/error.js';
import { DeviceId, FactId, Hex32 } from '../../protocol/ids.js';
import { CardIndex } from '../../protocol/messages/cards.js';
import { Finding } from '../../protocol/messages/hardware.js';
import type { HardwareReportedFact } from '../facts/hardware.js';
import { statement } from '../storage/statements.js';
import { readHardware } from './fact-body.js';

/** What has to be known of a device's latest report at every moment: not the report itself. */
export interface HardwareRecord {
  readonly device: string;
  /** The fact that holds the report. */
  readonly fact: string;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** Null where nobody compared it. */
  readonly steady: string | null;
  readonly findings: readonly Finding[];
  /** Of each card of the report: the enrolled card that it stands for; null where for none. */
  readonly claims: readonly (number | null)[];
}

const Found = Compile(
  Type.Object({ findings: Type.Array(Finding), claims: Type.Array(Type.Union([CardIndex, Type.Null()])) }),
);

const latest = statement({
  sql: `
    SELECT
      device,
      said.1 AS fact,
      toUnixTimestamp64Milli(said.2) AS at,
      said.3 AS steady,
      said.4 AS findings,
      said.5 AS claims
    FROM (
      SELECT
        device,
        argMax(
          (
            id,
            events.at,
            JSONExtractString(body, 'steady'),
            JSONExtractRaw(body, 'findings'),
            arrayMap(card -> JSONExtractRaw(card, 'claim'), JSONExtractArrayRaw(body, 'report', 'cards'))
          ),
          (events.at, recorded, position)
        ) AS said
      FROM events
      WHERE kind = 'hardware.reported'
      GROUP BY device
    )
    ORDER BY device`,
  params: Type.Object({}),
  row: Type.Object({
    device: DeviceId,
    fact: FactId,
    at: Type.Integer(),
    steady: Type.Union([Hex32, Type.Literal('')]),
    findings: Type.String({ description: 'JSON' }),
    claims: Type.Array(Type.String({ description: 'JSON' })),
  }),
});

/** The latest report of every device that made one. */
export async function loadHardware(client: ClickHouseClient): Promise<HardwareRecord[]> {
  return (await latest(client, {})).map(({ steady, findings, claims, ...row }) => {
    const found: unknown = { findings: JSON.parse(findings), claims: claims.map((one) => JSON.parse(one)) };
    if (!Found.Check(found))
      throw new TouchstoneError(
        'storage.row-unexpected',
        'Stored findings of a report do not have their shape.',
        { fact: row.fact },
      );
    return { ...row, steady: steady === '' ? null : steady, ...found };
  });
}

/** The same of one fact. */
export const hardwareRecordOf = ({
  device,
  id,
  at,
  steady = '',
  findings,
  report,
}: HardwareReportedFact): HardwareRecord => ({
  device,
  fact: id,
  at,
  steady: steady === '' ? null : steady,
  findings,
  claims: report.cards.map(({ claim }) => claim),
});

const latestOfDevice = statement({
  sql: `
    SELECT body
    FROM events
    WHERE device = {device:String} AND kind = 'hardware.reported'
    ORDER BY at DESC, recorded DESC, position DESC
    LIMIT 1`,
  params: Type.Object({ device: DeviceId }),
  row: Type.Object({ body: Type.String() }),
});

/** The latest report of a device in full; null where it made none. */
export async function latestHardware(
  client: ClickHouseClient,
  device: string,
): Promise<HardwareReportedFact | null> {
  const [row] = await latestOfDevice(client, { device });
  return row === undefined ? null : readHardware(row.body);
}
