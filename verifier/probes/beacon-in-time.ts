import type { BeaconValue } from '../../protocol/messages/receipt.js';

/** The random value of the moment is not waited for any longer. */
const beaconMs = 3_000;

/** Null where there is none, or none in time: a probe does not wait for others. Never rejects. */
export async function beaconInTime(beacon: () => Promise<BeaconValue | null>): Promise<BeaconValue | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), beaconMs);
  });
  const value = await Promise.race([beacon().catch(() => null), late]);
  clearTimeout(timer);
  return value;
}
