import type { Logger } from 'pino';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import { newFactId } from '../../protocol/ids.js';
import type { AlarmRaisedFact } from '../../scoring/facts/access.js';
import { nobody } from '../../scoring/facts/base.js';
import type { Fact } from '../../scoring/facts/facts.js';
import type { HotState } from '../state/state.js';
import { UsualRate } from './usual-rate.js';
import { WindowCounts } from './window-counts.js';

/** What came of an attempt to write what a device says of itself. */
export type WriteOutcome =
  /** Refused, for whatever reason. */
  | 'refused'
  /** A known device says something else than before. */
  | 'changed'
  /** A device is new. */
  | 'enrolled'
  /** The same again, or another version of the agent: what every restart and every roll-out does. */
  | 'steady';

export interface WriteAttempt {
  readonly outcome: WriteOutcome;
  /** The device that was written about; null where the request named none. */
  readonly device: string | null;
  /** Whose token came with it, such as `device/…` or `wallet/…`; null where none or none that is valid. */
  readonly by: string | null;
  /** Keyed hash of the address that it came from. */
  readonly address: string;
}

const windowMs = 10 * 60_000;
/** Subjects of each kind that are remembered. */
const remembered = 50_000;
/** A subject rings once an hour, not once a request. */
const quietMs = 3600_000;
/** So many times more than what it rang for, and it rings again: else noise would cover an attack. */
const louder = 10;

/** Most within a window that honest use explains. Nothing is refused beyond it: a person is told. */
const most = {
  /** An agent enrols once at each start, and again where that fails. */
  device: 30,
  /** Whoever has a token writes about one device, or about none. */
  by: 30,
  /** A farm behind one address whose agents all have a wrong clock, or all have new drivers. */
  address: 200,
  /** Of the whole fleet, at least; or so many times what is usual. */
  fleet: 1_000,
  timesUsual: 5,
};

/** One count that an attempt adds to, and what there is to tell where it is beyond its threshold. */
interface Watched {
  readonly kind: 'device' | 'by' | 'address' | 'fleet';
  readonly counted: string;
  readonly alarm: string;
  readonly device: string;
  readonly subject: string;
  readonly threshold: number;
}

function watchedOf({ outcome, device, by, address }: WriteAttempt, fleet: number): Watched[] {
  const from = `address/${address}`;
  const doing = (kind: Watched['kind'], subject: string, threshold: number): Watched => ({
    kind,
    counted: subject,
    alarm: 'metadata.writes',
    device: nobody,
    subject,
    threshold,
  });
  const all = doing('fleet', 'fleet', fleet);
  // New devices come by the hundred where a farm moves in: how many of them an address may bring is limited elsewhere.
  if (outcome === 'enrolled') return [all];
  const suffered = { kind: 'device', alarm: 'metadata.writes-on-device', subject: by ?? from } as const;
  return [
    all,
    doing('address', from, most.address),
    ...(by === null ? [] : [doing('by', by, most.by)]),
    ...(device === null ? [] : [{ ...suffered, counted: device, device, threshold: most.device }]),
  ];
}

export interface WriteAlarmParts {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly random: RandomBytes;
  readonly state: Pick<HotState, 'putIfAbsent'>;
  readonly record: (facts: readonly Fact[]) => Promise<void>;
  readonly log: Pick<Logger, 'warn' | 'error'>;
  /** For metrics. */
  readonly observe: (fact: AlarmRaisedFact) => void;
}

/**
 * Rings where what devices say of themselves is written more often than honest use explains, tried or done. In April 2024 that
 * was what gave away who changed the names of other people's devices by a leaked token. It counts at this verifier, and blocks
 * nobody: a roll-out to the whole fleet is as unusual as an attack.
 */
export class WriteAlarm {
  readonly #parts: WriteAlarmParts;
  readonly #counts = {
    device: new WindowCounts(windowMs, remembered),
    by: new WindowCounts(windowMs, remembered),
    address: new WindowCounts(windowMs, remembered),
    fleet: new WindowCounts(windowMs, 1),
  };
  readonly #usual: UsualRate;
  /** When each subject rang last, monotonic, and for how many. */
  readonly #rang = new Map<string, { readonly at: number; readonly count: number }>();

  constructor(parts: WriteAlarmParts) {
    this.#parts = parts;
    this.#usual = new UsualRate(windowMs, parts.clock.monotonic());
  }

  /** Counts an attempt. Never rejects, and is never waited for by the request. */
  async count(attempt: WriteAttempt): Promise<void> {
    if (attempt.outcome === 'steady') return;
    const at = this.#parts.clock.monotonic();
    const fleet = Math.max(most.fleet, Math.ceil(most.timesUsual * this.#usual.mean(at)));
    this.#usual.add(at, fleet);
    for (const watched of watchedOf(attempt, fleet)) {
      const count = this.#counts[watched.kind].add(watched.counted, at);
      if (count > watched.threshold) await this.#ring(this.#fact(watched, count), at);
    }
  }

  #fact({ alarm, device, subject, threshold }: Watched, count: number): AlarmRaisedFact {
    const { clock, random } = this.#parts;
    const id = newFactId(random);
    return { kind: 'alarm.raised', id, at: clock.now(), device, alarm, subject, count, windowMs, threshold };
  }

  async #ring(fact: AlarmRaisedFact, at: number): Promise<void> {
    const { state, record, log, observe } = this.#parts;
    const about = `${fact.alarm}/${fact.device === nobody ? fact.subject : fact.device}`;
    const last = this.#rang.get(about);
    if (last !== undefined && at - last.at < quietMs && fact.count < louder * last.count) return;
    this.#rang.delete(about);
    this.#rang.set(about, { at, count: fact.count });
    const [oldest] = this.#rang.keys();
    if (this.#rang.size > remembered && oldest !== undefined) this.#rang.delete(oldest);
    // One of several verifiers tells it. Twice is better than never where they can't agree.
    const loudness = Math.floor(Math.log(fact.count / fact.threshold) / Math.log(louder));
    const key = `alarm/${about}/${loudness}`;
    const first = await state.putIfAbsent(key, fact.id, quietMs).catch(() => fact.id);
    if (first !== fact.id) return;
    const { alarm, subject, device, count, threshold } = fact;
    log.warn({ alarm, subject, device, count, threshold, windowMs }, 'an alarm rings');
    observe(fact);
    await record([fact]).catch((error) =>
      log.error({ err: error, alarm, subject }, 'an alarm is not on record'),
    );
  }
}
