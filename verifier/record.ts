import { join } from 'node:path';
import type { ClickHouseClient } from '@clickhouse/client';
import type { Logger } from 'pino';
import { insertFacts } from '../scoring/queries/insert-facts.js';
import { openClickHouse } from '../scoring/storage/clickhouse.js';
import { migrate } from '../scoring/storage/migrate.js';
import { isRefusal } from '../scoring/storage/refusal.js';
import { Journal } from './journal/journal.js';
import { Shipper } from './journal/shipper.js';
import type { VerifierOptions } from './options.js';

/** Where facts go: into the journal first, from there into ClickHouse. */
export interface FactRecord {
  readonly journal: Journal;
  readonly clickhouse: ClickHouseClient;
  readonly shipper: Shipper;
  /** Whether facts of an earlier life came into ClickHouse only now. */
  readonly late: boolean;
}

/**
 * Opens both, and brings into ClickHouse what the journal still holds: it must be there before the record is read.
 * @throws TouchstoneError of the journal, of storage, and what ClickHouse says
 */
export async function openRecord(options: VerifierOptions, log: Logger): Promise<FactRecord> {
  // The journal first: it is what keeps two verifiers from one directory.
  const journal = await Journal.open({ directory: join(options.dataDir, 'journal') });
  const clickhouse = await openClickHouse(
    options.clickhouse ?? { dataDir: join(options.dataDir, 'clickhouse') },
  );
  await migrate(clickhouse, undefined, options.clickhouse?.cluster ?? null);
  const shipper = await Shipper.open({
    journal,
    insert: (facts, token) => insertFacts(clickhouse, facts, token),
    isRefusal,
    onRefused: (fact, error) =>
      log.error({ err: error, fact: fact.id }, 'ClickHouse can never take this fact'),
    onError: (error) => log.error({ err: error }, 'ClickHouse takes no facts: they wait in the journal'),
  });
  const late = shipper.lagBytes > 0;
  await shipper.drain();
  return { journal, clickhouse, shipper, late };
}
