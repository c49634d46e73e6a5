import type { Logger } from 'pino';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import { newFactId } from '../../protocol/ids.js';
import type { PresenceFact } from '../../scoring/facts/facts.js';
import type { Devices } from '../devices/devices.js';
import type { Recorder } from '../devices/recorder.js';

const minuteMs = 60_000;
/** Who comes back later than this after its verifier went away was not kept away by that. */
const backWithinMs = 2 * minuteMs;

/**
 * The minutes of a device that lost its line because its verifier died or closed, and found another: our doing, so it was
 * there. None where it took longer than it should.
 *
 * @param from when its verifier went away, @param to when it was back; milliseconds since 1970
 */
export function creditedPresence(
  device: string,
  cards: number,
  { from, to }: { readonly from: number; readonly to: number },
  random: RandomBytes,
): PresenceFact[] {
  if (to - from > backWithinMs || to < from) return [];
  const [first, last] = [Math.floor(from / minuteMs), Math.floor(to / minuteMs)];
  return Array.from({ length: last - first + 1 }, (_, i) => ({
    kind: 'presence',
    id: newFactId(random),
    at: (first + i) * minuteMs,
    device,
    cards: Array.from({ length: cards }, (_card, card) => card),
  }));
}

export interface CreditOptions {
  readonly devices: Pick<Devices, 'get'>;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: RandomBytes;
  readonly log: Pick<Logger, 'error'>;
}

/** Puts the minutes on record that a device, back now, was without a verifier by our fault. @param from when it went away */
export function creditMove(device: string, from: number, options: CreditOptions): void {
  const { devices, recorder, clock, random, log } = options;
  const cards = devices.get(device)?.enrolment.cards.length;
  if (cards === undefined) return;
  recorder
    .record(creditedPresence(device, cards, { from, to: clock.now() }, random))
    .catch((error) => log.error({ err: error, device }, 'minutes of a move could not be credited'));
}
