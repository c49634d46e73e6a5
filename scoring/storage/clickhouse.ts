import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { TouchstoneError } from '../../protocol/error.js';

/** Where the record is kept: in this process and a directory of its own, or on a server. */
export type ClickHouseTarget =
  | { readonly dataDir: string }
  | {
      readonly url: string;
      readonly username?: string;
      readonly password?: string;
      /** Must exist. The server's `default` when absent. */
      readonly database?: string;
      /** Its name where it is a cluster of replicas (`replicated.ts`). */
      readonly cluster?: string;
    };

/** Oldest engine that the schema is tested with: `[major, minor]`. */
const oldestEngine = [26, 2] as const;

/** Both kinds of connection get the same. All our 64-bit numbers are below 2^53, so they may be JSON numbers. */
const settings = { output_format_json_quote_64bit_integers: 0 } as const;

/**
 * Of a cluster any server may answer. What was acknowledged must be read back whichever does, and in the order in which it was
 * written: most of them have an insert before it returns, and none answers that has not caught up.
 */
const clusterSettings = {
  insert_quorum: 'auto',
  insert_quorum_parallel: 0,
  select_sequential_consistency: 1,
} as const;

/** Every error comes back to us, who log it: the client's own lines would come between those of the service. */
const log = { level: ClickHouseLogLevel.OFF };

/**
 * Connects to the record. Embedded it is ClickHouse's own engine in this process (chdb), so a first run needs nothing
 * installed; the SQL is the same. One process holds a data directory at a time, and one data directory a process.
 *
 * Inserts survive a power cut as far as ClickHouse can promise it: the tables are made with `fsync_after_insert` and
 * `fsync_part_directory` (see migrations/), because the journal forgets a batch once its insert has returned, and on a
 * single machine no replica has it either. What remains: the log of insert tokens is not flushed, so a batch that is
 * sent again after a power cut may be stored twice. Reads are immune to that (they count by fact id or by minute).
 *
 * @throws TouchstoneError `storage.unreachable` or `storage.engine-too-old`
 */
export async function openClickHouse(target: ClickHouseTarget): Promise<ClickHouseClient> {
  let client: ClickHouseClient | undefined;
  try {
    client = 'dataDir' in target ? await embedded(target.dataDir) : remote(target);
    await requireEngine(client);
    return client;
  } catch (cause) {
    await client?.close();
    if (cause instanceof TouchstoneError) throw cause;
    const where = 'dataDir' in target ? target.dataDir : new URL(target.url).host;
    throw new TouchstoneError('storage.unreachable', `No answer from ClickHouse at ${where}.`, {}, { cause });
  }
}

async function embedded(dataDir: string): Promise<ClickHouseClient> {
  // 300 MB of native code: loaded only by who wants it, never by an agent or by a verifier with a server.
  const { createChdbConnection } = await import('chdb/connection');
  // `connection` is not in the client's public options; it is the hook that the client and chdb agreed on.
  const connection = { connection: createChdbConnection({ path: dataDir }) } as object;
  return createClient({ ...connection, log, clickhouse_settings: settings });
}

/** Longest for one statement, milliseconds: what hangs is as good as away, and the shipper asks again. */
const requestMs = 30_000;
/** More than this at once would only wait there instead of here. */
const mostConnections = 20;

function remote({ url, username, password, database, cluster }: Extract<ClickHouseTarget, { url: string }>) {
  return createClient({
    url,
    request_timeout: requestMs,
    max_open_connections: mostConnections,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(database !== undefined && { database }),
    log,
    clickhouse_settings: cluster === undefined ? settings : { ...settings, ...clusterSettings },
  });
}

async function requireEngine(client: ClickHouseClient): Promise<void> {
  const result = await client.query({ query: 'SELECT version() AS version', format: 'JSONEachRow' });
  const [row] = await result.json<{ version: string }>();
  const version = row?.version ?? '';
  if (isRecent(version)) return;
  throw new TouchstoneError(
    'storage.engine-too-old',
    `ClickHouse is ${version || 'of an unknown version'}; ${oldestEngine.join('.')} or later is needed.`,
    { version, oldest: oldestEngine.join('.') },
  );
}

/** True for `26.2` and everything after it. False for what is not a version. */
export function isRecent(version: string): boolean {
  const [major = Number.NaN, minor = Number.NaN] = version.split('.').map(Number);
  return major > oldestEngine[0] || (major === oldestEngine[0] && minor >= oldestEngine[1]);
}
