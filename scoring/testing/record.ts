import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { openClickHouse } from '../storage/clickhouse.js';

/**
 * A real record in a directory of its own, gone at the end. One a process: a test file opens it once and keeps its
 * tests apart by device.
 */
export async function openTestRecord(): Promise<{ client: ClickHouseClient; close: () => Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'touchstone-record-'));
  const client = await openClickHouse({ dataDir });
  const close = async () => {
    await client.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { client, close };
}

/** First column of the first row. For looks behind the queries. */
export async function scalar(client: ClickHouseClient, query: string): Promise<unknown> {
  const rows = await (await client.query({ query, format: 'JSONCompactEachRow' })).json<unknown[]>();
  return rows[0]?.[0];
}
