import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertFacts } from '../queries/insert-facts.js';
import { openClickHouse } from '../storage/clickhouse.js';
import { migrate } from '../storage/migrate.js';
import { isRefusal } from '../storage/refusal.js';
import { ClickHouseServer } from './clickhouse-server.js';
import { deviceId, exam, heartbeat, presence } from './facts.js';
import { scalar } from './record.js';

// What tests of several verifiers stand on, so it is tested itself.

const server = new ClickHouseServer();
let url: string;
beforeAll(async () => {
  url = await server.start();
});
afterAll(() => server.close());

const now = Date.UTC(2026, 0, 1);
const count = (table: string) => `SELECT count() FROM ${table}`;

describe('ClickHouse over HTTP for tests', () => {
  it('takes our schema, facts and parameters as the embedded engine does, and drops what is sent twice', async () => {
    const client = await openClickHouse({ url });
    await migrate(client);
    const facts = [exam(deviceId('a'), now), presence(deviceId('a'), 5), heartbeat(5)];
    await insertFacts(client, facts, 'batch 1');
    await insertFacts(client, facts, 'batch 1');
    expect(await scalar(client, count('exam_results'))).toBe(1);
    const asked = {
      text: "O'Brien \\ {x:String} \n\t;",
      list: ['a', "b'\\n\n"],
      none: null,
      many: 'é'.repeat(9000),
    };
    const result = await client.query({
      query: `SELECT {text:String} AS text, {list:Array(String)} AS list, {none:Nullable(String)} AS none,
        {many:String} AS many, toUInt64(9007199254740991) AS big, getSetting('insert_deduplication_token') AS left`,
      query_params: asked,
      format: 'JSONEachRow',
    });
    expect(await result.json()).toEqual([{ ...asked, big: 9007199254740991, left: '' }]);
    await client.close();
  });

  it('refuses with ClickHouse’s own codes', async () => {
    const client = await openClickHouse({ url });
    const poison = exam(deviceId('a'), now, { engine: '\ud800' });
    const refused = await insertFacts(client, [poison], 'poison').catch((error: unknown) => error);
    expect(isRefusal(refused)).toBe(true);
    await expect(client.command({ query: 'SELECT nothing' })).rejects.toMatchObject({ code: '47' });
    await expect(client.command({ query: 'SELECT 1 SETTINGS no_such = 1' })).rejects.toThrow();
    expect(await scalar(client, 'SELECT 1')).toBe(1);
    await client.close();
  });

  it('keeps requests of several clients apart', async () => {
    const clients = await Promise.all([1, 2, 3].map(() => openClickHouse({ url })));
    const asks = Array.from({ length: 30 }, (_, at) => async () => {
      const result = await (clients[at % 3] as (typeof clients)[number]).query({
        query: "SELECT {x:UInt32} AS x, getSetting('max_block_size') AS y",
        query_params: { x: at },
        clickhouse_settings: { max_block_size: String(at + 1) },
        format: 'JSONEachRow',
      });
      return result.json();
    });
    const answers = await Promise.all(asks.map((ask) => ask()));
    expect(answers).toEqual(asks.map((_, at) => [{ x: at, y: at + 1 }]));
    await Promise.all(clients.map((client) => client.close()));
  });

  it('goes and comes back on the same address with all it had, also when it was killed', async () => {
    for (const go of ['stop', 'kill'] as const) {
      await server[go]();
      await expect(openClickHouse({ url })).rejects.toMatchObject({ code: 'storage.unreachable' });
      expect(await server.start()).toBe(url);
      const client = await openClickHouse({ url });
      expect(await scalar(client, count('exam_results'))).toBe(1);
      await client.close();
    }
  });
});
