import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import { nobody } from '../facts/base.js';
import type { CatalogueLearnedFact } from '../facts/hardware.js';
import { statement } from '../storage/statements.js';
import { readCatalogueLearned } from './fact-body.js';

// Two that led in one hour may have put two under one id: all are read, and which one holds is decided elsewhere.
const bodies = statement({
  sql: `
    SELECT body
    FROM events
    WHERE device = {device:String} AND kind = 'catalogue.learned'
    GROUP BY body
    ORDER BY JSONExtractUInt(body, 'epoch') DESC, body
    LIMIT {limit:UInt32}`,
  params: Type.Object({ device: Type.String(), limit: Type.Integer({ minimum: 1, maximum: 100 }) }),
  row: Type.Object({ body: Type.String() }),
});

/** The figures that the fleet taught last, latest epoch first: those that hold now are among them, and those to come. */
export async function learnedFigures(client: ClickHouseClient): Promise<CatalogueLearnedFact[]> {
  return (await bodies(client, { device: nobody, limit: 8 })).map(({ body }) => readCatalogueLearned(body));
}
