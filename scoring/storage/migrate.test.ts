import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openTestRecord, scalar } from '../testing/record.js';
import { checksumOf, migrate, readMigrations, statementsOf } from './migrate.js';

const { client, close } = await openTestRecord();
afterAll(close);
beforeEach(async () => {
  for (const table of ['migrations', 'first', 'second', 'third'])
    await client.command({ query: `DROP TABLE IF EXISTS ${table}` });
});

const table = (name: string) =>
  `CREATE TABLE IF NOT EXISTS ${name} (x UInt8) ENGINE = MergeTree ORDER BY x;\n`;
const one = { name: '0001-one.sql', sql: `-- Two tables; in one file.\n${table('first')}${table('second')}` };
const two = { name: '0002-two.sql', sql: table('third') };
const tables = async () =>
  (await scalar(
    client,
    "SELECT arraySort(groupArray(name)) FROM system.tables WHERE database = 'default'",
  )) as string[];

describe('migrate', () => {
  it('applies what is new in order, and nothing twice', async () => {
    expect(await migrate(client, [one])).toEqual(['0001-one.sql']);
    expect(await migrate(client, [one, two])).toEqual(['0002-two.sql']);
    expect(await migrate(client, [one, two])).toEqual([]);
    expect(await tables()).toEqual(['first', 'migrations', 'second', 'third']);
    expect(
      await scalar(client, 'SELECT groupArray(name) FROM (SELECT name FROM migrations ORDER BY name)'),
    ).toEqual(['0001-one.sql', '0002-two.sql']);
  });

  it('refuses an applied migration that was edited, before it changes anything', async () => {
    await migrate(client, [one]);
    const edited = { ...one, sql: `${one.sql}\n-- a word more` };
    await expect(migrate(client, [edited, two])).rejects.toMatchObject({ code: 'storage.migration-changed' });
    expect(await tables()).not.toContain('third');
  });

  it('refuses a database that has a migration this version does not have', async () => {
    await migrate(client, [one, two]);
    await expect(migrate(client, [one])).rejects.toMatchObject({
      code: 'storage.migration-missing',
      data: { name: '0002-two.sql' },
    });
  });

  it('goes on where a crash between two statements left off', async () => {
    const broken = { ...one, sql: one.sql.replace('second (x UInt8)', 'second (x NoSuchType)') };
    await expect(migrate(client, [broken])).rejects.toThrow(/NoSuchType/);
    expect(await tables()).toEqual(['first', 'migrations']);
    expect(await migrate(client, [one])).toEqual(['0001-one.sql']);
    expect(await tables()).toContain('second');
  });

  it('does no harm when two verifiers start at once', async () => {
    await Promise.all([migrate(client, [one, two]), migrate(client, [one, two])]);
    expect(await migrate(client, [one, two])).toEqual([]);
  });
});

describe('the migrations that come with this version', () => {
  it('apply to an empty database, and again without a record of it', async () => {
    const known = await readMigrations();
    expect(await migrate(client)).toEqual(known.map(({ name }) => name));
    await client.command({ query: 'TRUNCATE TABLE migrations' });
    expect(await migrate(client)).toEqual(known.map(({ name }) => name));
  });

  it('are all the files of the folder', async () => {
    const files = await readdir(new URL('../migrations/', import.meta.url));
    expect((await readMigrations()).map(({ name }) => name)).toEqual(files.sort());
  });

  it('flush every insert to disk: the journal forgets it then', async () => {
    await migrate(client);
    const unflushed = await scalar(
      client,
      `SELECT groupArray(name) FROM system.tables
       WHERE database = 'default' AND engine LIKE '%MergeTree'
         AND NOT (create_table_query LIKE '%fsync_after_insert = 1%' AND create_table_query LIKE '%fsync_part_directory = 1%')`,
    );
    expect(unflushed).toEqual([]);
  });
});

describe('readMigrations', () => {
  it('reads numbered files in order and leaves others alone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'touchstone-migrations-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    for (const name of ['0010-b.sql', '0002-a.sql', 'notes.txt', '3-c.sql'])
      await writeFile(join(folder, name), 'SELECT 1;');
    expect((await readMigrations(folder)).map(({ name }) => name)).toEqual(['0002-a.sql', '0010-b.sql']);
  });
});

describe('statementsOf', () => {
  it('splits at a semicolon that ends a line, and drops comment lines', () => {
    expect(statementsOf("-- a; b\nSELECT ';' ;\n\n  -- c\nSELECT\n  2;\n-- end\n")).toEqual([
      "SELECT ';'",
      'SELECT\n  2',
    ]);
  });
});

describe('checksumOf', () => {
  it('is the same for a file checked out with other line ends', () => {
    expect(checksumOf('a;\r\nb;\r\n')).toBe(checksumOf('a;\nb;\n'));
    expect(checksumOf('a;')).not.toBe(checksumOf('a; '));
  });
});
