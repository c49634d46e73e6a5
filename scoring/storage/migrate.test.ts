import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { uniformFrom } from '../../protocol/testing/uniform.js';
import { batchToken } from '../facts/batch.js';
import { changeEnds } from '../queries/changes.js';
import { eventsOf } from '../queries/events.js';
import { examOutcomes } from '../queries/exams.js';
import { insertFacts } from '../queries/insert-facts.js';
import { presenceSummary } from '../queries/presence.js';
import { deviceId, enrolled, exam, heartbeat, nextId, presence } from '../testing/facts.js';
import { openTestRecord, scalar } from '../testing/record.js';
import { someFacts } from '../testing/some-facts.js';
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

describe('a database of before there were sweeps, maintenance and a feed', () => {
  const at = Math.floor(Date.now() / 60_000) * 60_000;
  const [device, minute] = [deviceId('of old'), at / 60_000];
  const old = exam(device, at + 1);
  const facts = [enrolled(device, at), old, presence(device, minute), heartbeat(minute)];

  beforeEach(async () => {
    const views = (name: string) => (name === 'presence_to_hours' ? 0 : 1);
    for (const name of (await tables()).toSorted((a, b) => views(a) - views(b)))
      await client.command({ query: `DROP TABLE ${name}` });
    const all = await readMigrations();
    await migrate(
      client,
      all.filter(({ name }) => name < '0005'),
    );
    for (const [table, values] of Object.entries({
      events: facts.slice(0, 2).map((fact, position) => {
        const { id, kind, at: time } = fact;
        return { id, device, kind, at: (time / 1000).toFixed(3), position, body: JSON.stringify(fact) };
      }),
      exam_results: [
        { id: old.id, device, exam: old.exam, card: 0, kind: 'joint', at: (old.at / 1000).toFixed(3) },
      ].map((row) => ({ ...row, position: 1, attempts: 1, outcome: 'passed', class: 'cpu', gflops: 1 })),
      presence: [{ device, card: 0, minute }],
      heartbeats: [{ verifier: 'one', minute }],
    }))
      await client.insert<object>({ table, values, format: 'JSONEachRow' });
  });

  it('keeps all that it has, and takes what comes beside it', async () => {
    await migrate(client);
    expect(await examOutcomes(client, device)).toMatchObject([
      { outcome: 'passed', card: 0, at: old.at, swept: false },
    ]);
    expect((await eventsOf(client, device, 10)).map(({ id }) => id)).toEqual([old.id, facts[0]?.id]);
    expect(await presenceSummary(client, device, minute - 1, minute + 1)).toMatchObject({ up: 0 });
    const sweep = nextId('sw');
    await insertFacts(client, [exam(device, at + 2, { sweep })], 'new');
    expect((await examOutcomes(client, device)).map(({ swept }) => swept)).toEqual([false, true]);
    expect((await changeEnds(client)).get('before')).toBe(2);
  });

  it('gets the schema that an empty one gets, column for column', async () => {
    const schema = `SELECT arraySort(groupArray((table, position, name, type, default_expression, compression_codec)))
      FROM system.columns WHERE database = 'default'`;
    const engines = `SELECT arraySort(groupArray((name, create_table_query))) FROM system.tables WHERE database = 'default'`;
    await migrate(client);
    const upgraded = [await scalar(client, schema), await scalar(client, engines)];
    for (const name of [
      'presence_to_hours',
      ...(await tables()).filter((one) => one !== 'presence_to_hours'),
    ])
      await client.command({ query: `DROP TABLE ${name}` });
    await migrate(client);
    expect(upgraded).toEqual([await scalar(client, schema), await scalar(client, engines)]);
  });

  it('drops a batch that is sent again in every table, and behind every view', async () => {
    await migrate(client);
    const windowless = await scalar(
      client,
      `SELECT groupArray(name) FROM system.tables WHERE database = 'default' AND engine LIKE '%MergeTree'
         AND name != 'migrations' AND create_table_query NOT LIKE '%non_replicated_deduplication_window = 10000%'`,
    );
    expect(windowless).toEqual([]);
    const batch = someFacts(uniformFrom(5), 200);
    const token = batchToken({ journal: 'ab'.repeat(8), segment: 1, from: 0, to: 1_000_000 });
    const counts = async () => {
      const all: Record<string, unknown> = {};
      for (const name of await tables())
        if (!['migrations', 'presence_to_hours'].includes(name))
          all[name] = await scalar(client, `SELECT toUInt32(count()) FROM ${name}`);
      return all;
    };
    await insertFacts(client, batch, token);
    const once = await counts();
    for (let again = 0; again < 2; again++) await insertFacts(client, batch, token);
    expect(await counts()).toEqual(once);
    expect(
      Object.values(once).every((count) => Number(count) > 0),
      JSON.stringify(once),
    ).toBe(true);
  });
});
