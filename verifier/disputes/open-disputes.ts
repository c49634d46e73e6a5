import type { Fact } from '../../scoring/facts/facts.js';
import { loadDisputes } from '../../scoring/queries/disputes.js';
import type { Hub } from '../connections/hub.js';
import type { Devices } from '../devices/devices.js';
import type { HomesPort } from '../homes/homes-port.js';
import type { HotState } from '../state/state.js';
import type { Sweeps } from '../sweeps/sweeps.js';
import { Asking } from './asking.js';
import { DisputeBook } from './book.js';
import { ClaimedValues, type ClaimedValuesParts } from './claimed-values.js';
import { Condemning, type CondemningParts } from './condemning.js';
import type { DisputesPort } from './disputes-port.js';
import { Lookout, type LookoutParts } from './lookout.js';
import { type DisputeTimes, disputeTimes } from './times.js';

export interface DisputesParts
  extends Omit<LookoutParts, 'book' | 'values' | 'asking' | 'times' | 'devices'>,
    Omit<CondemningParts, 'book' | 'devices'>,
    Omit<ClaimedValuesParts, 'devices'> {
  readonly devices: Pick<Devices, 'all' | 'get'>;
  readonly homes: Pick<HomesPort, 'isHere'>;
  readonly hub: Pick<Hub, 'get'>;
  readonly state: Pick<HotState, 'get' | 'put'>;
  readonly sweeps: () => Pick<Sweeps, 'leads' | 'suspects'>;
  /** Whether a sweep of suspects would take the device in now: verified, not leased, in no exam and no maintenance. */
  readonly isReady: (device: string) => boolean;
  /** In [0, 1). */
  readonly uniform: () => number;
  /** The usual ones where absent. */
  readonly times?: DisputeTimes;
}

/** Disputes of GPUs, as the rest of a verifier sees them. */
export interface Disputes extends DisputesPort {
  /** How many there are of each state, without those that lapsed. */
  byState(): ReadonlyMap<string, number>;
  /** Takes in facts that any verifier has recorded. */
  apply(facts: readonly Fact[]): void;
  /** Reads the record again, because facts may have been missed. @throws the record's errors */
  reload(): Promise<void>;
  /** One look. Never rejects: what failed is done at the next. */
  look(): Promise<void>;
  /** Looks from time to time from now on. */
  start(): void;
  /** Resolves when nothing is under way. Never rejects. */
  close(): Promise<void>;
}

/** Takes up all disputes that are on record. @throws the record's errors */
export async function openDisputes(parts: DisputesParts): Promise<Disputes> {
  const { clickhouse, sweeps, times = disputeTimes } = parts;
  const book = new DisputeBook(await loadDisputes(clickhouse));
  const values = new ClaimedValues(parts);
  const suspects = (devices: readonly string[], why: string) => sweeps().suspects(devices, why);
  const asking = new Asking({ ...parts, times, suspects });
  const lookout = new Lookout({ ...parts, book, values, asking, times });
  const watch = new Watch({ ...parts, times }, book, asking, lookout, new Condemning({ ...parts, book }));
  return {
    of: (device) => book.of(device),
    byState: () => book.byState(),
    apply: (facts) => book.apply(facts),
    reload: async () => book.apply(await loadDisputes(clickhouse)),
    look: () => watch.look(),
    start: () => watch.start(),
    close: () => watch.close(),
  };
}

/** What each verifier does at each look: the leader's part where it leads, and its own for the devices that are at home with it. */
class Watch {
  readonly #parts: DisputesParts & { readonly times: DisputeTimes };
  readonly #book: DisputeBook;
  readonly #asking: Asking;
  readonly #lookout: Lookout;
  readonly #condemning: Condemning;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(
    parts: DisputesParts & { readonly times: DisputeTimes },
    book: DisputeBook,
    asking: Asking,
    lookout: Lookout,
    condemning: Condemning,
  ) {
    this.#parts = parts;
    this.#book = book;
    this.#asking = asking;
    this.#lookout = lookout;
    this.#condemning = condemning;
  }

  start(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#running = this.look().finally(() => this.start());
    }, this.#parts.times.scanMs);
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
  }

  async look(): Promise<void> {
    const { sweeps, log } = this.#parts;
    const trying = (work: Promise<void>, what: string) =>
      work.catch((error) => log.warn({ err: error }, what));
    await trying(this.#say(), 'nobody was told which claimants are here');
    if (sweeps().leads && !this.#closed)
      await trying(this.#lookout.look(), 'disputes could not be looked at');
    if (!this.#closed) await this.#condemning.look();
  }

  async #say(): Promise<void> {
    const { homes, hub, isReady } = this.#parts;
    const claimants = [...this.#book.living()].flatMap((fact) => fact.claimants.map(({ device }) => device));
    for (const device of new Set(claimants))
      if (hub.get(device) !== undefined && homes.isHere(device))
        await this.#asking.say(device, isReady(device) ? 'ready' : 'here');
  }
}
