import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import { DeviceId, FactId } from '../../protocol/ids.js';
import type { FactPlace } from '../facts/batch.js';
import type { Fact } from '../facts/facts.js';
import { statement } from '../storage/statements.js';
import { readFact } from './fact-body.js';

/** Where a change stands, and what it is about. `at` in milliseconds since 1970 UTC. */
export interface ChangePointer extends FactPlace {
  readonly id: string;
  readonly device: string;
  readonly at: number;
}

/** A fact, and every place at which it came. */
export interface PlacedChange {
  readonly fact: Fact;
  /** Its `journal` is empty where it came before places were kept. */
  readonly places: readonly FactPlace[];
}

const Place = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Count = Type.Integer({ minimum: 1, maximum: 1000 });

const ends = statement({
  sql: 'SELECT journal, max(place) AS last FROM change_ends GROUP BY journal',
  params: Type.Object({}),
  row: Type.Object({ journal: Type.String(), last: Place }),
});

/** The last place of each journal: everything up to it can be read now, and nothing will come before it. */
export async function changeEnds(client: ClickHouseClient): Promise<ReadonlyMap<string, number>> {
  return new Map((await ends(client, {})).map(({ journal, last }) => [journal, last]));
}

const pointers = statement({
  sql: `
    SELECT journal, place, id, device, toUnixTimestamp64Milli(at) AS time
    FROM changes
    WHERE journal = {journal:String}
      AND place > {after:UInt64}
      AND place <= {upTo:UInt64}
      AND (empty({kinds:Array(String)}) OR kind IN {kinds:Array(String)})
      AND (empty({devices:Array(String)}) OR device IN {devices:Array(String)})
    ORDER BY place
    LIMIT 1 BY place
    LIMIT {limit:UInt32}`,
  params: Type.Object({
    journal: Type.String(),
    after: Place,
    upTo: Place,
    kinds: Type.Array(Type.String()),
    devices: Type.Array(DeviceId),
    limit: Count,
  }),
  row: Type.Object({
    journal: Type.String(),
    place: Place,
    id: FactId,
    device: DeviceId,
    time: Type.Integer(),
  }),
});

/** The next changes of one journal, in its order. Empty `kinds` or `devices` mean all. */
export async function changePointers(
  client: ClickHouseClient,
  params: Parameters<typeof pointers>[1],
): Promise<ChangePointer[]> {
  return (await pointers(client, params)).map(({ time, ...pointer }) => ({ ...pointer, at: time }));
}

const bodies = statement({
  sql: `
    SELECT id, any(body) AS fact, groupArray(toString(journal)) AS journals, groupArray(place) AS placed
    FROM events
    WHERE device IN {devices:Array(String)}
      AND at >= fromUnixTimestamp64Milli({from:Int64})
      AND at <= fromUnixTimestamp64Milli({to:Int64})
      AND id IN {ids:Array(String)}
    GROUP BY id`,
  params: Type.Object({
    devices: Type.Array(DeviceId),
    from: Type.Integer(),
    to: Type.Integer(),
    ids: Type.Array(FactId, { maxItems: 1000 }),
  }),
  row: Type.Object({
    id: FactId,
    fact: Type.String(),
    journals: Type.Array(Type.String()),
    placed: Type.Array(Place),
  }),
});

/** Copies of a fact may differ in their time, where two verifiers ended one exam. Milliseconds. */
const apartMs = 24 * 3600_000;

/** What happened at these places, by fact id. */
export async function changesAt(
  client: ClickHouseClient,
  at: readonly ChangePointer[],
): Promise<ReadonlyMap<string, PlacedChange>> {
  if (at.length === 0) return new Map();
  const times = at.map((pointer) => pointer.at);
  const rows = await bodies(client, {
    devices: [...new Set(at.map(({ device }) => device))],
    from: Math.min(...times) - apartMs,
    to: Math.max(...times) + apartMs,
    ids: [...new Set(at.map(({ id }) => id))],
  });
  return new Map(
    rows.map(({ id, fact, journals, placed }) => {
      const places = journals.map((journal, i) => ({ journal, place: placed[i] ?? 0 }));
      return [id, { fact: readFact(fact), places }];
    }),
  );
}
