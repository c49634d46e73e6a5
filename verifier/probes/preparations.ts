import type { Clock } from '../../protocol/clock.js';
import type { Catalogue } from '../../scoring/catalogue/catalogue.js';
import { probeRounds } from '../../scoring/catalogue/probe-rounds.js';
import type { ProbeFact } from '../../scoring/facts/timelock.js';
import { probeDeadlineMs } from '../../scoring/judge/probe.js';
import type { Devices } from '../devices/devices.js';
import { askedClass } from '../exams/asked-class.js';
import type { Resident } from '../tables/resident.js';
import type { Residents } from '../tables/residents.js';
import { OwnTimes, type WalkedTable } from './own-times.js';

/** Probes on record by which a card is known again after a restart. */
const rememberedMs = 24 * 3600_000;

export interface PreparationsOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly catalogue: Catalogue;
  readonly devices: Pick<Devices, 'get' | 'history'>;
  readonly residents: Residents;
  /** On record since an instant, oldest first. */
  readonly probes: (device: string, since: number) => Promise<readonly ProbeFact[]>;
}

/** What a probe of a card will be, and what it is held against. */
export interface Prepared {
  readonly table: Resident;
  readonly walked: WalkedTable;
  /** Most time, less the line, milliseconds. */
  readonly deadlineMs: number;
  /** What the card takes while it is idle; null where it has too few probes on such a table. */
  readonly baselineMs: number | null;
}

/** Sizes probes by the class, the table and the earlier probes of each card. */
export class Preparations {
  readonly #options: PreparationsOptions;
  /** By device, and by card. Read from the record before the first probe, and moved on by each since. */
  readonly #times = new Map<string, Map<number, Promise<OwnTimes>>>();

  constructor(options: PreparationsOptions) {
    this.#options = options;
  }

  /** Null where the card has no table, or no class to size by. @throws the record's errors */
  async prepare(device: string, card: number): Promise<Prepared | null> {
    const { residents, devices, catalogue } = this.#options;
    await residents.of(device);
    const known = residents.get(device, card);
    if (known === undefined) return null;
    const times = await this.#timesOf(device, known);
    const history = await devices.history(device);
    const table = residents.get(device, card);
    const claim = devices.get(device)?.enrolment.cards[card];
    const asked = claim === undefined ? null : askedClass(catalogue, claim, card, history);
    if (table === undefined || asked === null) return null;
    const { cardClass } = asked;
    const { shape, tableSeed, purpose, engine, bandwidthGBps } = table;
    const rounds = probeRounds(cardClass, shape, bandwidthGBps);
    const walked = { tableSeed, purpose, engine, shape, rounds };
    const deadlineMs = probeDeadlineMs({ cardClass, shape, rounds, purpose, ownMs: times.ownMs(walked) });
    return { table, walked, deadlineMs, baselineMs: times.baselineMs(walked) };
  }

  /** A probe that was prepared here is on record. */
  async learn({ table, walked }: Prepared, fact: ProbeFact): Promise<void> {
    (await this.#timesOf(fact.device, table)).add(walked, fact);
  }

  /** The device is at home elsewhere. */
  forget(device: string): void {
    this.#times.delete(device);
  }

  #timesOf(device: string, table: Resident): Promise<OwnTimes> {
    const cards = this.#times.get(device) ?? new Map<number, Promise<OwnTimes>>();
    this.#times.set(device, cards);
    const known = cards.get(table.card);
    if (known !== undefined) return known;
    const reading = this.#read(device, table);
    cards.set(table.card, reading);
    // A failed read must not stay: the next probe tries again.
    reading.catch(() => cards.delete(table.card));
    return reading;
  }

  async #read(device: string, table: Resident): Promise<OwnTimes> {
    const { probes, clock } = this.#options;
    const facts = await probes(device, clock.now() - rememberedMs);
    const times = new OwnTimes();
    times.restore(
      facts.filter(({ card }) => card === table.card),
      table,
    );
    return times;
  }
}
