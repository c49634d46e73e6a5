import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ClickHouseClient } from '@clickhouse/client';
import { TouchstoneError } from '../../protocol/error.js';
import { replicated } from './replicated.js';

/** One file of `scoring/migrations/`. */
export interface Migration {
  /** File name such as `0001-events.sql`; applied in the order of names. */
  readonly name: string;
  readonly sql: string;
}

const fileName = /^\d{4}-[a-z0-9-]+\.sql$/;

/** The migrations that come with this version. The build copies the `.sql` files beside the compiled code. */
export async function readMigrations(
  directory: string | URL = new URL('../migrations/', import.meta.url),
): Promise<Migration[]> {
  const folder = typeof directory === 'string' ? directory : fileURLToPath(directory);
  const names = (await readdir(folder)).filter((name) => fileName.test(name)).sort();
  return Promise.all(
    names.map(async (name) => ({
      name,
      sql: await readFile(`${folder.replace(/\/$/, '')}/${name}`, 'utf8'),
    })),
  );
}

/**
 * Brings the database to this version's schema and returns the names that were applied now.
 *
 * Every statement says IF NOT EXISTS or is harmless twice, and a migration is recorded after its last one. So a crash
 * in the middle resumes at the next start, and two verifiers that start at once only do the same work twice.
 *
 * @param cluster makes everything on all servers of this cluster, with replicated engines; null on one server
 * @throws TouchstoneError `storage.migration-changed` or `storage.migration-missing`, before anything is changed; what
 * `replicated` throws
 */
export async function migrate(
  client: ClickHouseClient,
  migrations?: readonly Migration[],
  cluster: string | null = null,
): Promise<string[]> {
  const known = migrations ?? (await readMigrations());
  await client.command({ query: on(cluster, migrationsTable) });
  const applied = await readApplied(client);
  requireUnchanged(applied, known);
  const due = known.filter(({ name }) => !applied.some((one) => one.name === name));
  for (const migration of due) await apply(client, migration, cluster);
  return due.map(({ name }) => name);
}

/** Statements of a file: each ends with `;` at the end of a line. Comments stand on lines of their own. */
export function statementsOf(sql: string): string[] {
  return sql
    .replace(/^\s*--.*$/gm, '')
    .split(/;[ \t]*(?:\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

/** Hexadecimal SHA-256 of a file's text, with line ends as git keeps them. */
export function checksumOf(sql: string): string {
  return createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex');
}

interface Applied {
  readonly name: string;
  readonly checksum: string;
}

/** The whole schema for a cluster, as the migrator would make it. @throws what `replicated` throws */
export async function schemaOf(cluster: string): Promise<string> {
  const files = await readMigrations();
  const parts = files.map(({ name, sql }) => [
    `-- ${name}`,
    ...statementsOf(sql).map((one) => `${on(cluster, one)};`),
  ]);
  return `${[`${on(cluster, migrationsTable)};`, ...parts.flat()].join('\n\n')}\n`;
}

const on = (cluster: string | null, sql: string): string =>
  cluster === null ? sql : replicated(sql, cluster);

const migrationsTable = `CREATE TABLE IF NOT EXISTS migrations (
  name String,
  checksum FixedString(64),
  applied_at DateTime('UTC') DEFAULT now()
) ENGINE = MergeTree ORDER BY name SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`;

async function readApplied(client: ClickHouseClient): Promise<Applied[]> {
  const query = 'SELECT DISTINCT name, checksum FROM migrations ORDER BY name';
  return (await client.query({ query, format: 'JSONEachRow' })).json<Applied>();
}

function requireUnchanged(applied: readonly Applied[], known: readonly Migration[]): void {
  for (const { name, checksum } of applied) {
    const migration = known.find((one) => one.name === name);
    if (migration === undefined) {
      throw new TouchstoneError(
        'storage.migration-missing',
        `${name} was applied but is not in this version.`,
        {
          name,
        },
      );
    }
    if (checksumOf(migration.sql) !== checksum) {
      throw new TouchstoneError(
        'storage.migration-changed',
        `${name} was edited after it had been applied.`,
        {
          name,
          applied: checksum,
          found: checksumOf(migration.sql),
        },
      );
    }
  }
}

async function apply(
  client: ClickHouseClient,
  { name, sql }: Migration,
  cluster: string | null,
): Promise<void> {
  for (const query of statementsOf(sql)) await client.command({ query: on(cluster, query) });
  await client.insert({
    table: 'migrations',
    values: [{ name, checksum: checksumOf(sql) }],
    format: 'JSONEachRow',
  });
}
