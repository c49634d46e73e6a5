import type { ClickHouseClient } from '@clickhouse/client';
import { type Static, Type } from 'typebox';
import { DeviceId, Hex32 } from '../../protocol/ids.js';
import { type Component, ComponentKind } from '../../protocol/messages/hardware.js';
import { statement } from '../storage/statements.js';

/** Values that an installed system makes for itself: two machines that show the same are copies of one image. */
export const imageKinds = ['machine-id', 'host-key', 'disk'] as const satisfies readonly ComponentKind[];

/** Devices that are named for one value: beyond it is no image but a value that everybody has. */
export const mostClones = 100;

/** Other devices whose latest report shows one value of ours. */
export const Clones = Type.Object({
  kind: ComponentKind,
  /** In their order, at most `mostClones`. */
  devices: Type.Array(DeviceId),
});
export type Clones = Static<typeof Clones>;

const clones = statement({
  // The values are few and lead the table's order: each is one look. Only those who show it still count.
  sql: `
    WITH
      shown AS (
        SELECT kind, hash, device, report
        FROM hardware_components
        WHERE kind IN ({kinds:Array(String)}) AND hash IN ({hashes:Array(String)}) AND device != {device:String}
        GROUP BY kind, hash, device, report
      ),
      latest AS (
        SELECT device, argMax(id, (at, recorded, position)) AS report
        FROM hardware_reports
        WHERE device IN (SELECT device FROM shown)
        GROUP BY device
      )
    SELECT kind, arraySort(groupUniqArray({most:UInt32})(device)) AS devices
    FROM shown INNER JOIN latest USING (device, report)
    GROUP BY kind, hash
    ORDER BY kind, hash`,
  params: Type.Object({
    device: DeviceId,
    kinds: Type.Array(ComponentKind),
    hashes: Type.Array(Hex32),
    most: Type.Integer({ minimum: 1 }),
  }),
  row: Clones,
});

/**
 * Who else shows the values that a device's system made for itself: one entry a shared value, empty where it is alone.
 * @param components of its latest report
 */
export async function clonesOf(
  client: ClickHouseClient,
  device: string,
  components: readonly Component[],
): Promise<Clones[]> {
  const kinds: readonly string[] = imageKinds;
  const hashes = components.filter(({ kind }) => kinds.includes(kind)).map(({ hash }) => hash);
  if (hashes.length === 0) return [];
  return clones(client, { device, kinds: [...imageKinds], hashes, most: mostClones });
}
