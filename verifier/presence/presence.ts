import type { Logger } from 'pino';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import { newFactId } from '../../protocol/ids.js';
import type { Fact } from '../../scoring/facts/facts.js';
import type { Hub } from '../connections/hub.js';
import type { Devices } from '../devices/devices.js';
import type { Recorder } from '../devices/recorder.js';

const minuteMs = 60_000;

/** Facts that are recorded together: a record of the journal has its limit. */
const batch = 5_000;

/**
 * The facts of one minute: who was there, and, last, that we were in service. A verifier that dies while it writes
 * them leaves a minute that is `up` for some and unknown for the rest: nobody's fault.
 */
export function minuteFacts(
  at: number,
  verifier: string,
  hub: Hub,
  devices: Pick<Devices, 'get'>,
  random: RandomBytes,
): Fact[] {
  const present = [...hub.all()].flatMap(({ device, lastSeenAt }): Fact[] => {
    const state = devices.get(device);
    // A line that has been silent for a whole minute is open in name only.
    if (state === undefined || lastSeenAt < at - minuteMs) return [];
    const cards = state.enrolment.cards.map((_, card) => card);
    return [{ kind: 'presence', id: newFactId(random), at, device, cards }];
  });
  return [...present, { kind: 'heartbeat', id: newFactId(random), at, verifier }];
}

export interface PresenceOptions {
  readonly verifier: string;
  readonly hub: Hub;
  readonly devices: Devices;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Uniform in [0, 1). */
  readonly uniform: () => number;
  readonly log: Pick<Logger, 'error'>;
}

/** Takes the roll once in every minute of the wall clock. @returns what ends it */
export function startPresence(options: PresenceOptions): () => void {
  const { verifier, hub, devices, recorder, clock, random, uniform, log } = options;
  let timer: NodeJS.Timeout;
  const wait = () => {
    // At another second of each minute, which nobody knows: else who is there at that second only would count as up.
    const next = (Math.floor(clock.now() / minuteMs) + 1) * minuteMs;
    timer = setTimeout(take, next + uniform() * (minuteMs - 1_000) - clock.now());
  };
  const record = async () => {
    const facts = minuteFacts(clock.now(), verifier, hub, devices, random);
    for (let i = 0; i < facts.length; i += batch) await recorder.record(facts.slice(i, i + batch));
  };
  const take = () => {
    // A minute that can't be recorded is unknown for everybody.
    record().catch((error) => log.error({ err: error }, 'a minute could not be recorded'));
    wait();
  };
  wait();
  return () => clearTimeout(timer);
}
