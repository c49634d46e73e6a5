import type { ClickHouseClient } from '@clickhouse/client';
import { type Static, Type } from 'typebox';
import { DeviceId, Hex32 } from '../../protocol/ids.js';
import { CardIndex } from '../../protocol/messages/cards.js';
import { ComponentKind } from '../../protocol/messages/hardware.js';
import { statement } from '../storage/statements.js';

// What several devices show, by the latest report of each: who has reported again without a value claims it no more. Facts may
// stand twice, so devices and reports are counted, never rows.

const latestReports = 'SELECT argMax(id, (at, recorded, position)) FROM hardware_reports GROUP BY device';
const gpuKinds = `kind IN ('gpu-uuid', 'gpu-pdi', 'gpu-serial')`;

const Count = Type.Integer({ minimum: 0 });
/** A place in the order of values: after which the next page begins. */
const Cursor = { afterKind: Type.String({ maxLength: 32 }), afterHash: Type.String({ maxLength: 64 }) };
const Shower = Type.Tuple([DeviceId, CardIndex]);

const exact = statement({
  sql: `
    SELECT toString(kind) AS of, toString(hash) AS value, toUInt32(count()) AS devices,
      groupArraySorted(64)((toString(device), claims)) AS showers
    FROM (
      SELECT kind, hash, device, min(assumeNotNull(claim)) AS claims
      FROM hardware_components
      WHERE ${gpuKinds} AND claim IS NOT NULL AND report IN (${latestReports})
        AND (toString(kind), toString(hash)) > ({afterKind:String}, {afterHash:String})
      GROUP BY kind, hash, device
    )
    GROUP BY kind, hash
    HAVING devices > 1
    ORDER BY of, value
    LIMIT {limit:UInt32}`,
  params: Type.Object({ ...Cursor, limit: Type.Integer({ minimum: 1, maximum: 10_000 }) }),
  row: Type.Object({ of: ComponentKind, value: Hex32, devices: Count, showers: Type.Array(Shower) }),
});

/** One value of a GPU that several devices claim to have. */
export interface Collision {
  readonly kind: ComponentKind;
  /** As on record: hashed twice. */
  readonly hash: string;
  /** How many devices show it. */
  readonly devices: number;
  /** The first 64 of them by id, each with the index of the enrolled card that it stands for. */
  readonly showers: readonly (readonly [device: string, card: number])[];
}

/**
 * Values of GPUs that more than one device shows for a card that it claims, in the order of kind and hash.
 * @param after the last of the page before; null from the first on
 */
export async function collisions(
  client: ClickHouseClient,
  after: Pick<Collision, 'kind' | 'hash'> | null,
  limit: number,
): Promise<Collision[]> {
  const place = { afterKind: after?.kind ?? '', afterHash: after?.hash ?? '' };
  const rows = await exact(client, { ...place, limit });
  return rows.map(({ of, value, ...row }) => ({ kind: of, hash: value, ...row }));
}

const showers = statement({
  sql: `
    SELECT toString(device) AS shower, min(assumeNotNull(claim)) AS card
    FROM hardware_components
    WHERE kind = {kind:String} AND hash = {hash:String} AND claim IS NOT NULL AND report IN (${latestReports})
    GROUP BY device
    ORDER BY shower
    LIMIT {limit:UInt32}`,
  params: Type.Object({
    kind: ComponentKind,
    hash: Hex32,
    limit: Type.Integer({ minimum: 1, maximum: 100_000 }),
  }),
  row: Type.Object({ shower: DeviceId, card: CardIndex }),
});

/** Who shows one value now, where a collision has more than it lists. */
export async function showersOf(
  client: ClickHouseClient,
  { kind, hash }: Pick<Collision, 'kind' | 'hash'>,
  limit: number,
): Promise<(readonly [device: string, card: number])[]> {
  return (await showers(client, { kind, hash, limit })).map(({ shower, card }) => [shower, card]);
}

const showings = statement({
  sql: `
    SELECT of, toUnixTimestamp64Milli(reported) AS time, arrayMap(hash -> toString(hash), shown) AS hashes
    FROM (
      SELECT id, toString(any(device)) AS of, max(at) AS reported
      FROM hardware_reports
      WHERE device IN {devices:Array(String)}
      GROUP BY id
      ORDER BY reported DESC
      LIMIT 500 BY of
    ) AS reports
    LEFT JOIN (
      SELECT report, groupUniqArray(hash) AS shown
      FROM hardware_components
      WHERE hash IN {hashes:Array(String)} AND device IN {devices:Array(String)} AND claim IS NOT NULL
      GROUP BY report
    ) AS values ON reports.id = values.report
    ORDER BY of, time`,
  params: Type.Object({ devices: Type.Array(DeviceId), hashes: Type.Array(Hex32) }),
  row: Type.Object({ of: DeviceId, time: Type.Integer(), hashes: Type.Array(Hex32) }),
});

/** One report of a device, and which of the values that are asked about it shows for cards that it claims. */
export interface Showing {
  readonly device: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly hashes: readonly string[];
}

/** What devices have reported of some values over time: the last 500 reports of each, oldest first. */
export async function showingsOf(
  client: ClickHouseClient,
  devices: readonly string[],
  hashes: readonly string[],
): Promise<Showing[]> {
  if (devices.length === 0 || hashes.length === 0) return [];
  const rows = await showings(client, { devices: [...devices], hashes: [...hashes] });
  return rows.map(({ of, time, hashes }) => ({ device: of, at: time, hashes }));
}

/** Several values of one kind that two devices share. */
export const SharedKind = Type.Object({
  kind: ComponentKind,
  values: Type.Integer({ minimum: 1, description: 'How many values of this kind both show' }),
  rarest: Type.Integer({ minimum: 2, description: 'Devices that show the rarest of them' }),
});

// A value that many show tells nobody from anybody, and would make a pair of any two of them: only those that a few show are paired,
// so that there are at most (most - 1) / 2 pairs for each value that is shown.
const pairs = statement({
  sql: `
    SELECT a, b, groupArray((toString(kind), values, rarest)) AS shared, sum(bits) AS weight
    FROM (
      SELECT a, b, kind, toUInt32(count()) AS values, toUInt32(min(devices)) AS rarest, sum(-log2(devices / fleet)) AS bits
      FROM (
        SELECT kind, length(showers) AS devices, arrayJoin(showers) AS a, arrayJoin(arrayFilter(other -> other > a, showers)) AS b,
          (SELECT greatest(2, uniqExact(device)) FROM hardware_reports) AS fleet
        FROM (
          SELECT kind, hash, groupUniqArray({enough:UInt32})(toString(device)) AS showers
          FROM hardware_components
          WHERE report IN (${latestReports})
          GROUP BY kind, hash
          HAVING length(showers) BETWEEN 2 AND {most:UInt32}
        )
      )
      GROUP BY a, b, kind
    )
    GROUP BY a, b
    ORDER BY weight DESC, a, b
    LIMIT {limit:UInt32}`,
  params: Type.Object({
    most: Type.Integer({ minimum: 2, maximum: 64 }),
    enough: Type.Integer({ minimum: 3, maximum: 65 }),
    limit: Type.Integer({ minimum: 1, maximum: 10_000 }),
  }),
  row: Type.Object({
    a: DeviceId,
    b: DeviceId,
    shared: Type.Array(Type.Tuple([ComponentKind, Type.Integer(), Type.Integer()])),
    weight: Type.Number(),
  }),
});

/** Two devices that show some of the same values. */
export const PartialCollision = Type.Object({
  devices: Type.Array(DeviceId, { minItems: 2, maxItems: 2 }),
  shared: Type.Array(SharedKind),
  bits: Type.Number({
    description:
      'How surprising that is: log2 of fleet size over devices that show it, summed over the values',
  }),
});
export type PartialCollision = Static<typeof PartialCollision>;

/** Pairs of devices that share values which at most `most` devices show, the most surprising first. */
export async function partialCollisions(
  client: ClickHouseClient,
  most: number,
  limit: number,
): Promise<PartialCollision[]> {
  const rows = await pairs(client, { most, enough: most + 1, limit });
  return rows.map(({ a, b, shared, weight }) => ({
    devices: [a, b],
    shared: shared
      .map(([kind, values, rarest]) => ({ kind, values, rarest }))
      .sort((one, other) => (one.kind < other.kind ? -1 : 1)),
    bits: Math.round(weight * 10) / 10,
  }));
}

const common = statement({
  sql: `
    SELECT toString(kind) AS of, toString(hash) AS value, toUInt32(uniqExact(device)) AS devices
    FROM hardware_components
    WHERE report IN (${latestReports})
    GROUP BY kind, hash
    HAVING devices > {most:UInt32}
    ORDER BY devices DESC, of, value
    LIMIT {limit:UInt32}`,
  params: Type.Object({
    most: Type.Integer({ minimum: 1 }),
    limit: Type.Integer({ minimum: 1, maximum: 10_000 }),
  }),
  row: Type.Object({ of: ComponentKind, value: Hex32, devices: Count }),
});

/** A value that many devices show: a copied image, a blanked value, or a mock's. */
export const CommonValue = Type.Object({
  kind: ComponentKind,
  hash: { ...Hex32, description: 'Hashed twice, as on record' },
  devices: Count,
});
export type CommonValue = Static<typeof CommonValue>;

/** Values that more than `most` devices show, those of most devices first. */
export async function commonValues(
  client: ClickHouseClient,
  most: number,
  limit: number,
): Promise<CommonValue[]> {
  const rows = await common(client, { most, limit });
  return rows.map(({ of, value, devices }) => ({ kind: of, hash: value, devices }));
}
