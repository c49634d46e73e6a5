import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, describe, expect, it } from 'vitest';
import { migrate } from '../storage/migrate.js';
import { type ReportedIds, showed } from '../testing/dispute-facts.js';
import { deviceId } from '../testing/facts.js';
import { openTestRecord, scalar } from '../testing/record.js';
import { collisions, commonValues, partialCollisions, showersOf, showingsOf } from './collisions.js';
import { insertFacts } from './insert-facts.js';

const record = await openTestRecord();
afterAll(() => record.close());
await migrate(record.client);
const { client } = record;

const start = Date.now() - 3600_000;
let batch = 0;
async function report(name: string, at: number, ids: ReportedIds, times = 1): Promise<string> {
  const fact = showed(deviceId(name), start + at, ids);
  for (let i = 0; i < times; i += 1) await insertFacts(client, [fact], `batch ${batch++}`);
  return fact.device;
}
const hash = deviceId;
const found = async (kind: string, value: string) =>
  (await collisions(client, null, 10_000)).find((one) => one.kind === kind && one.hash === hash(value));

describe('values that several devices show', () => {
  it('are found once, with the claimed card of each, however often a report stands on record', async () => {
    const a = await report('a', 1000, { cards: [['gpu-uuid', 'x', 0]] }, 2);
    const b = await report(
      'b',
      2000,
      {
        cards: [
          ['gpu-uuid', 'other', 0],
          ['gpu-uuid', 'x', 1],
        ],
      },
      2,
    );
    const showers = [
      [a, 0],
      [b, 1],
    ].toSorted(([one = ''], [two = '']) => (one < two ? -1 : 1));
    expect(await found('gpu-uuid', 'x')).toEqual({ kind: 'gpu-uuid', hash: hash('x'), devices: 2, showers });
    expect(await showersOf(client, { kind: 'gpu-uuid', hash: hash('x') }, 10)).toEqual(showers);
    expect(await found('gpu-uuid', 'other')).toBeUndefined();
  });

  it('are none of who has reported again without, nor of a card that is not claimed', async () => {
    await report('c', 1000, { cards: [['gpu-pdi', 'y', 0]] });
    await report('d', 1000, { cards: [['gpu-pdi', 'y', 0]] });
    await report('e', 1000, { cards: [['gpu-pdi', 'y', null]] });
    expect((await found('gpu-pdi', 'y'))?.devices).toBe(2);
    await report('d', 2000, { cards: [['gpu-pdi', 'z', 0]] });
    expect(await found('gpu-pdi', 'y')).toBeUndefined();
  });

  it('of a crowd are counted, and the first 64 listed', async () => {
    for (let i = 0; i < 70; i += 1) await report(`crowd ${i}`, 1000, { cards: [['gpu-serial', 'blank', 0]] });
    const crowd = await found('gpu-serial', 'blank');
    expect(crowd?.devices).toBe(70);
    expect(crowd?.showers).toHaveLength(64);
    expect(await showersOf(client, { kind: 'gpu-serial', hash: hash('blank') }, 1000)).toHaveLength(70);
    expect(await commonValues(client, 64, 10)).toContainEqual({
      kind: 'gpu-serial',
      hash: hash('blank'),
      devices: 70,
    });
  });

  it('come page by page', async () => {
    const all = await collisions(client, null, 10_000);
    expect(all.length).toBeGreaterThan(1);
    const [first] = await collisions(client, null, 1);
    expect([first, ...(await collisions(client, first ?? null, 10_000))]).toEqual(all);
  });
});

describe('what a device has shown over time', () => {
  it('is told report by report', async () => {
    const device = await report('mover', 1000, { cards: [['gpu-uuid', 'p', 0]] }, 2);
    await report('mover', 2000, { cards: [] });
    await report('mover', 3000, {
      cards: [
        ['gpu-uuid', 'p', 0],
        ['gpu-pdi', 'q', 0],
      ],
    });
    const shown = await showingsOf(client, [device], [hash('p'), hash('q')]);
    expect(shown.map(({ at, hashes }) => [at - start, hashes.toSorted()])).toEqual([
      [1000, [hash('p')]],
      [2000, []],
      [3000, [hash('p'), hash('q')].toSorted()],
    ]);
  });
});

describe('pairs of devices that share some values', () => {
  it('are told with how many of which kinds, and not for what many show', async () => {
    const one = await report(
      'one',
      1000,
      {
        cards: [['gpu-uuid', 'own 1', 0]],
        host: [
          ['machine-id', 'm'],
          ['disk', 'd1'],
          ['disk', 'd2'],
        ],
      },
      2,
    );
    const two = await report('two', 1000, {
      cards: [['gpu-uuid', 'own 2', 0]],
      host: [
        ['machine-id', 'm'],
        ['disk', 'd1'],
        ['disk', 'd2'],
      ],
    });
    for (let i = 0; i < 5; i += 1)
      await report(`image ${i}`, 1000, { cards: [], host: [['machine-id', 'image']] });
    const pairs = await partialCollisions(client, 4, 100);
    const devices = [one, two].toSorted();
    expect(
      pairs.find((pair) => pair.devices[0] === devices[0] && pair.devices[1] === devices[1])?.shared,
    ).toEqual([
      { kind: 'disk', values: 2, rarest: 2 },
      { kind: 'machine-id', values: 1, rarest: 2 },
    ]);
    expect(pairs.some((pair) => pair.devices.includes(deviceId('image 0')))).toBe(false);
  });
});

describe('a fleet with 100,000 values', () => {
  it('is compared within 400 MB, and its crowds make no pairs', async () => {
    // 20,000 devices: a GPU of its own each, a serial that each of 20 share, and one image's machine id for all.
    const facts = Array.from({ length: 20_000 }, (_, i) =>
      showed(deviceId(`of fleet ${i}`), start, {
        cards: [
          ['gpu-uuid', `u${i}`, 0],
          ['gpu-pdi', `p${i}`, 0],
          ['gpu-serial', `s${i % 1000}`, 0],
        ],
        host: [
          ['machine-id', 'fleet image'],
          ['disk', `d${i >> 1}`],
        ],
      }),
    );
    for (let from = 0; from < facts.length; from += 5_000)
      await insertFacts(client, facts.slice(from, from + 5_000), `fleet ${from}`);
    expect(Number(await scalar(client, 'SELECT count() FROM hardware_components'))).toBeGreaterThan(100_000);
    const bounded: ClickHouseClient = new Proxy(client, {
      get: (target, name, receiver) =>
        name !== 'query'
          ? Reflect.get(target, name, receiver)
          : (given: Parameters<ClickHouseClient['query']>[0]) =>
              target.query({ ...given, clickhouse_settings: { max_memory_usage: '400000000' } }),
    });
    const all = await collisions(bounded, null, 10_000);
    expect(all.filter(({ devices }) => devices === 20).length).toBe(1000);
    const pairs = await partialCollisions(bounded, 8, 100);
    expect(pairs).toHaveLength(100);
    expect(pairs.every(({ shared }) => shared.every(({ rarest }) => rarest <= 8))).toBe(true);
    expect((await commonValues(bounded, 64, 5))[0]?.devices).toBe(20_000);
  });
});
