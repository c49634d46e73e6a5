import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { openTestRecord } from '../testing/record.js';
import { isRecent, openClickHouse } from './clickhouse.js';

const record = await openTestRecord();
afterAll(record.close);

describe('openClickHouse', () => {
  it('runs the engine in this process, with numbers as numbers and parameters that need no quoting', async () => {
    const result = await record.client.query({
      query: 'SELECT {text:String} AS text, toUInt64(9007199254740991) AS big',
      query_params: { text: "O'Brien \\ {x:String} \n;" },
      format: 'JSONEachRow',
    });
    expect(await result.json()).toEqual([{ text: "O'Brien \\ {x:String} \n;", big: 9007199254740991 }]);
  });

  it('refuses a server that is too old for the schema, and says which it is', async () => {
    const old = createServer((_, reply) => reply.end('{"version":"25.8.1.1"}\n'));
    await new Promise<void>((listening) => old.listen(0, '127.0.0.1', listening));
    const url = `http://127.0.0.1:${(old.address() as AddressInfo).port}`;
    await expect(openClickHouse({ url })).rejects.toMatchObject({
      code: 'storage.engine-too-old',
      data: { version: '25.8.1.1' },
    });
    old.closeAllConnections();
    await new Promise((closed) => old.close(closed));
  });
});

describe('isRecent', () => {
  it.each([
    ['26.2.1.1', true],
    ['26.10.3', true],
    ['27.1', true],
    ['26.1.99', false],
    ['9.9', false],
    ['', false],
    ['newest', false],
  ])('%s: %s', (version, recent) => expect(isRecent(version)).toBe(recent));
});
