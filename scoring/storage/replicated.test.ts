import { afterAll, describe, expect, it } from 'vitest';
import { openTestRecord, scalar } from '../testing/record.js';
import { readMigrations, schemaOf, statementsOf } from './migrate.js';
import { replicated } from './replicated.js';

const { client, close } = await openTestRecord();
afterAll(close);

const migrations = await readMigrations();
const plain = migrations.flatMap(({ sql }) => statementsOf(sql));
const clustered = plain.map((sql) => replicated(sql, 'fleet'));

/** As this engine reads it. It has no keeper, so it can parse a replicated table and not make one. */
const parsed = (sql: string) =>
  client
    .query({ query: 'SELECT formatQuery({sql:String})', query_params: { sql }, format: 'TabSeparatedRaw' })
    .then((result) => result.text());

describe('the schema of a cluster', () => {
  it('is SQL that ClickHouse understands, every statement of it', async () => {
    for (const sql of clustered) await expect(parsed(sql), sql).resolves.toBeTruthy();
    await expect(parsed(`${clustered[0]} ENGINE`)).rejects.toThrow();
  });

  it('makes every table and view on all servers, by a replicated engine with a window of tokens', async () => {
    const made = clustered.filter((sql) => !sql.startsWith('INSERT'));
    for (const sql of made) expect(sql).toMatch(/^[A-Z ]+ \w+ ON CLUSTER fleet\b/);
    for (const sql of clustered.filter((one) => one.startsWith('CREATE TABLE'))) {
      expect(sql).toMatch(/ENGINE = Replicated\w*MergeTree/);
      expect(sql).toMatch(/[ ,]replicated_deduplication_window = \d+/);
      expect(sql).toMatch(/fsync_after_insert = 1/);
    }
    expect(clustered.join()).not.toContain('non_replicated');
  });

  it('names engines and settings that there are', async () => {
    for (const name of new Set(clustered.join().match(/Replicated\w*MergeTree/g)))
      expect(
        await scalar(client, `SELECT count() FROM system.table_engines WHERE name = '${name}'`),
        name,
      ).toBe(1);
    for (const name of new Set(clustered.join().match(/\breplicated_deduplication\w+/g)))
      expect(
        await scalar(client, `SELECT count() FROM system.merge_tree_settings WHERE name = '${name}'`),
        name,
      ).toBe(1);
  });

  it('is the schema of a single server in all else', () => {
    const back = clustered.map((sql) =>
      sql
        .replace(' ON CLUSTER fleet', '')
        .replace('ENGINE = Replicated', 'ENGINE = ')
        .replace(
          /replicated_deduplication_window = (\d+), .*?_seconds = \d+/,
          'non_replicated_deduplication_window = $1',
        ),
    );
    expect(back).toEqual(plain);
  });

  it('is printed whole, with the list of migrations first', async () => {
    const text = await schemaOf('fleet');
    expect(statementsOf(text)[0]).toMatch(/^CREATE TABLE IF NOT EXISTS migrations ON CLUSTER fleet/);
    expect(statementsOf(text).slice(1)).toEqual(clustered);
  });

  it('is refused for a name that is none, and for a statement that nobody has thought of', () => {
    for (const name of ['', "x'; DROP TABLE events", 'a b', 'a-b'])
      expect(() => replicated('INSERT INTO x SELECT 1', name)).toThrow(
        expect.objectContaining({ code: 'storage.cluster-name-invalid' }),
      );
    for (const sql of [
      'DROP TABLE events',
      'CREATE TABLE IF NOT EXISTS x (a UInt8) ENGINE = MergeTree ORDER BY a',
      'CREATE TABLE IF NOT EXISTS x (a UInt8) ENGINE = Log SETTINGS non_replicated_deduplication_window = 1',
    ])
      expect(() => replicated(sql, 'fleet'), sql).toThrow(
        expect.objectContaining({ code: 'storage.statement-not-replicable' }),
      );
  });
});
