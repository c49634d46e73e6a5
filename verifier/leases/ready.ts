import { TouchstoneError } from '../../protocol/error.js';
import type { TimeWindow } from '../../scoring/queries/maintenance.js';
import type { Hub } from '../connections/hub.js';
import type { Devices } from '../devices/devices.js';
import type { Residents } from '../tables/residents.js';
import { type BallastOptions, leasedCards } from './ballast.js';

export interface ReadyParts {
  readonly devices: Pick<Devices, 'get'>;
  readonly hub: Pick<Hub, 'get'>;
  readonly residents: Pick<Residents, 'of'>;
  readonly ballast: BallastOptions;
  /** The maintenance that the device has declared between two instants; `to` null: for ever. */
  readonly maintenance: (device: string, from: number, to: number | null) => Pick<TimeWindow, 'from'> | null;
}

/**
 * A lease can begin now and last for as long as it is asked for.
 *
 * @param span milliseconds since 1970; `to` null: for ever
 * @throws TouchstoneError `device.unknown`, `lease.device-not-ready`, which says what is missing
 */
export async function assertReady(
  device: string,
  { from, to }: { readonly from: number; readonly to: number | null },
  { devices, hub, residents, ballast, maintenance }: ReadyParts,
): Promise<void> {
  const state = devices.get(device);
  if (state === undefined) throw new TouchstoneError('device.unknown');
  if (state.status !== 'verified') throw notReady(`Its status is ${state.status}.`);
  if (hub.get(device) === undefined) throw notReady('It is not connected.');
  const window = maintenance(device, from, to);
  if (window !== null) {
    const begin = new Date(window.from).toISOString();
    throw notReady(`It has maintenance from ${begin} on: give the lease an \`endsAt\` before that.`);
  }
  const cards = leasedCards(ballast, state);
  if (cards.length === 0) throw notReady('None of its cards can be leased.');
  const tables = await residents.of(device);
  if (!cards.every(({ card }) => tables.some((table) => table.card === card)))
    throw notReady('Not all of its cards keep a table: its next exam has them make some.');
}

const notReady = (why: string) => new TouchstoneError('lease.device-not-ready', why);
