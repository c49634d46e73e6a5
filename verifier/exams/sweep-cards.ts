import type { Clock } from '../../protocol/clock.js';
import type { SweepKind } from '../../protocol/messages/sweep.js';
import type { Catalogue } from '../../scoring/catalogue/catalogue.js';
import { classOfClaim } from '../../scoring/catalogue/class-of-claim.js';
import type { Devices } from '../devices/devices.js';
import { loadSoFar } from './load-budget.js';

export interface SweepCardsParts {
  readonly clock: Pick<Clock, 'now'>;
  readonly catalogue: Catalogue;
  readonly devices: Pick<Devices, 'get' | 'history' | 'knownHistory'>;
  readonly isLeased: (device: string) => boolean;
  readonly isPaused: (device: string) => boolean;
}

/**
 * How many cards of a device a sweep would examine now; 0 where it is not to be asked: not verified, leased, in maintenance or a
 * quiet time, or with too little left of its load budget. Whom something speaks against is asked whatever it has done before,
 * and also while suspended. What a device has done is read from the record once; until then it is asked nothing.
 */
export function sweepCards(parts: SweepCardsParts, device: string, sweepKind: SweepKind): number {
  const { clock, catalogue, devices, isLeased, isPaused } = parts;
  const suspect = sweepKind === 'suspects';
  const state = devices.get(device);
  if (state === undefined || isLeased(device) || isPaused(device)) return 0;
  if (state.status !== 'verified' && !(suspect && state.status === 'suspended')) return 0;
  if (!suspect) {
    const history = devices.knownHistory(device);
    if (history === null) {
      // The record may be away: then the next sweep asks again.
      devices.history(device).catch(() => {});
      return 0;
    }
    if (loadSoFar(state.status, history.outcomes, clock.now()).roomInMs > 0) return 0;
  }
  return state.enrolment.cards.filter(
    (claim) => claim.engine !== null && classOfClaim(catalogue, claim) !== null,
  ).length;
}
