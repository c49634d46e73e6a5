import { createHash } from 'node:crypto';
import type { ClickHouseClient } from '@clickhouse/client';
import { batchToken } from '../../../scoring/facts/batch.js';
import type { Fact } from '../../../scoring/facts/facts.js';
import { insertFacts } from '../../../scoring/queries/insert-facts.js';

/** A journal as its shipper sends it: batch after batch, each with its own token. */
export class TestJournal {
  readonly name: string;
  readonly #clickhouse: ClickHouseClient;
  #offset = 0;

  constructor(clickhouse: ClickHouseClient, name: string) {
    this.#clickhouse = clickhouse;
    this.name = createHash('sha256').update(name).digest('hex').slice(0, 16);
  }

  /** @param times how often the batch is sent, as after a crash */
  async ship(facts: readonly Fact[], times = 1): Promise<void> {
    const from = this.#offset;
    const to = from + JSON.stringify(facts).length;
    this.#offset = to;
    const token = batchToken({ journal: this.name, segment: 1, from, to });
    for (let i = 0; i < times; i++) await insertFacts(this.#clickhouse, facts, token);
  }
}
