import type { Clock } from '../../protocol/clock.js';
import type { Line } from '../connections/line.js';
import type { NetworkSettings } from './settings.js';

/** Round trips of a line, milliseconds, one after the other was answered; those that were not answered are left out. */
export async function measureRoundTrips(
  line: Line,
  { roundTrips, pingMs, roundTripsMs }: NetworkSettings,
  clock: Clock,
): Promise<number[]> {
  const startedAt = clock.monotonic();
  const took: number[] = [];
  for (let i = 0; i < roundTrips && clock.monotonic() - startedAt <= roundTripsMs; i += 1) {
    const one = await line.ping(pingMs);
    if (one !== null) took.push(one);
  }
  return took;
}
