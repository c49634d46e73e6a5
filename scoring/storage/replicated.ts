import { TouchstoneError } from '../../protocol/error.js';

/** How long a batch that is sent again is known by its token. Longer than a journal waits for ClickHouse. */
const tokenSeconds = 30 * 24 * 3600;

/** Letters, digits and underscores: it is written into statements. */
const clusterName = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

const rules: readonly (readonly [statement: RegExp, onCluster: string])[] = [
  [/^(CREATE TABLE IF NOT EXISTS \w+)(?=\s*\()/, '$1 ON CLUSTER '],
  [/^(CREATE MATERIALIZED VIEW IF NOT EXISTS \w+)(?= TO \w+ AS\s)/, '$1 ON CLUSTER '],
  [/^(ALTER TABLE \w+)(?=\s)/, '$1 ON CLUSTER '],
];

const engine = /\bENGINE = ((?:Aggregating|Replacing)?MergeTree)\b/;
const window = /\bnon_replicated_deduplication_window = (\d+)/;

/**
 * A statement of a migration for a cluster of one shard: made on all of its servers, kept by a replicated engine, with the
 * window of insert tokens that this engine has. Where the path in the keeper and the replica's name come from is the servers'
 * own setting (`default_replica_path`, `default_replica_name`). An INSERT stays as it is: its rows are replicated.
 *
 * @throws TouchstoneError `storage.cluster-name-invalid`; `storage.statement-not-replicable` for one of a kind not known here
 */
export function replicated(sql: string, cluster: string): string {
  if (!clusterName.test(cluster)) throw new TouchstoneError('storage.cluster-name-invalid');
  if (/^INSERT INTO \w+/.test(sql)) return sql;
  const rule = rules.find(([statement]) => statement.test(sql));
  if (rule === undefined) throw notReplicable(sql);
  const [statement, onCluster] = rule;
  const made = sql.replace(statement, `${onCluster}${cluster}`);
  if (!/^CREATE TABLE/.test(sql)) return made;
  // Without a window of tokens a batch that is sent again would count twice.
  if (!engine.test(made) || (window.test(sql) ? !/\bSETTINGS\b/.test(sql) : !isWithoutTokens(sql)))
    throw notReplicable(sql);
  return made
    .replace(engine, 'ENGINE = Replicated$1')
    .replace(
      window,
      `replicated_deduplication_window = $1, replicated_deduplication_window_seconds = ${tokenSeconds}`,
    );
}

/** The migrator's own list: a migration that stands in it twice is applied all the same. */
const isWithoutTokens = (sql: string): boolean => /^CREATE TABLE IF NOT EXISTS migrations\b/.test(sql);

const notReplicable = (sql: string) =>
  new TouchstoneError('storage.statement-not-replicable', `${sql.slice(0, 80)} …`);
