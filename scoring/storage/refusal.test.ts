import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertFacts } from '../queries/insert-facts.js';
import { exam } from '../testing/facts.js';
import { openClickHouse } from './clickhouse.js';
import { migrate } from './migrate.js';
import { isRefusal } from './refusal.js';

const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-refusal-'));
let client: ClickHouseClient;
beforeAll(async () => {
  client = await openClickHouse({ dataDir });
  await migrate(client);
});
afterAll(async () => {
  await client.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

describe('a refusal', () => {
  it('is what ClickHouse says to a fact that it cannot read', async () => {
    const poison = exam('ab'.repeat(32), Date.UTC(2026, 0, 1), { engine: '\ud800' });
    const error = await errorOf(insertFacts(client, [poison], 'token'));
    expect(error).not.toBeNull();
    expect(isRefusal(error)).toBe(true);
  });

  it('is not a mistake in a statement, nor a server that is away', async () => {
    expect(isRefusal(await errorOf(client.command({ query: 'SELECT nothing FROM nowhere' })))).toBe(false);
    expect(isRefusal(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))).toBe(false);
  });
});
