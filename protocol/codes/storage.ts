import { codes } from './code.js';

/** Failures of the record that an operator reads about in the log. */
export const storageCodes = codes({
  'storage.unreachable': {
    kind: 'error',
    title: 'ClickHouse not reachable',
    detail: 'The record did not answer.',
    fix: 'Check `--clickhouse`, CLICKHOUSE_USER and CLICKHOUSE_PASSWORD, or the directory given by `--data`. The cause says more.',
  },
  'storage.engine-too-old': {
    kind: 'error',
    title: 'ClickHouse too old',
    detail: 'The ClickHouse engine is older than the schema needs.',
    fix: 'Use ClickHouse 26.2 or later.',
  },
  'storage.migration-changed': {
    kind: 'error',
    title: 'Applied migration was edited',
    detail: 'A migration that was already applied has another checksum now.',
    fix: 'Restore the file and write a new migration instead.',
  },
  'storage.migration-missing': {
    kind: 'error',
    title: 'Applied migration is missing',
    detail: 'The database was migrated by a newer or another version than this one.',
    fix: 'Run the version that the database was migrated with, or a later one.',
  },
  'storage.cluster-name-invalid': {
    kind: 'error',
    title: 'Not a name for a cluster',
    detail: 'A cluster of ClickHouse is named by letters, digits and underscores.',
    fix: 'See the names by `SELECT DISTINCT cluster FROM system.clusters`.',
  },
  'storage.statement-not-replicable': {
    kind: 'error',
    title: 'Statement not known for a cluster',
    detail: 'A migration has a statement of a kind that cannot be turned into one for a cluster.',
    fix: 'Write it as the other migrations are, or teach `scoring/storage/replicated.ts` its kind.',
  },
  'storage.row-unexpected': {
    kind: 'error',
    status: 500,
    title: 'Record not as declared',
    detail: 'A query was asked or answered with values of another shape than it declares.',
    fix: 'The database was changed by hand or by another version: compare its schema with scoring/migrations.',
  },
  'catalogue.unreadable': {
    kind: 'error',
    title: 'Catalogue not readable',
    detail: 'The file is not a catalogue of card classes.',
    fix: 'Compare with what `scoring/catalogue/catalogue.ts` documents; every class needs an expectation for `*`.',
  },
  'journal.corrupt': {
    kind: 'error',
    title: 'Journal damaged',
    detail: 'A record in the middle of the journal does not have its checksum.',
    fix: 'Keep the file for analysis; records before the damage are kept, the damaged one is reported.',
  },
  'journal.in-use': {
    kind: 'error',
    title: 'Journal in use',
    detail: 'Another process works on this journal. Two would write into each other’s records.',
    fix: 'Stop the other verifier, or give this one a directory of its own with --data.',
  },
  'journal.full': {
    kind: 'error',
    status: 503,
    title: 'Journal full',
    detail: 'The journal has reached its limit because ClickHouse takes nothing.',
    fix: 'Bring ClickHouse back; the journal then empties by itself.',
  },
});
