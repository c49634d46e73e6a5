import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { type TSchema, Type } from 'typebox';
import { afterAll, describe, expect, it } from 'vitest';
import { openTestRecord } from '../testing/record.js';
import { statement } from './statements.js';

const { client, close } = await openTestRecord();
afterAll(close);

const doubled = (row: TSchema) =>
  statement({ sql: 'SELECT {x:Int32} * 2 AS y', params: Type.Object({ x: Type.Integer() }), row });

describe('statement', () => {
  it('gives rows of the declared shape', async () => {
    expect(await doubled(Type.Object({ y: Type.Integer() }))(client, { x: 21 })).toEqual([{ y: 42 }]);
  });

  it('refuses a row of another shape instead of handing it on', async () => {
    const wrong = doubled(Type.Object({ y: Type.String() }));
    await expect(wrong(client, { x: 21 })).rejects.toMatchObject({ code: 'storage.row-unexpected' });
  });

  it('says that nobody answered where nobody did, and passes on what the engine says', async () => {
    const away = createClient({ url: 'http://127.0.0.1:1', log: { level: ClickHouseLogLevel.OFF } });
    await expect(doubled(Type.Object({ y: Type.Integer() }))(away, { x: 1 })).rejects.toMatchObject({
      code: 'storage.unreachable',
    });
    await away.close();
    const broken = statement({ sql: 'SELECT nothing', params: Type.Object({}), row: Type.Object({}) });
    await expect(broken(client, {})).rejects.toMatchObject({ code: '47' });
  });

  it('refuses parameters of another shape before the database sees them', async () => {
    const run = doubled(Type.Object({ y: Type.Integer() }));
    await expect(run(client, { x: '21; DROP TABLE events' as never })).rejects.toMatchObject({
      code: 'storage.row-unexpected',
    });
  });
});
