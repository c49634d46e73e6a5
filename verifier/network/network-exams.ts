import type { Logger } from 'pino';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import { newFactId } from '../../protocol/ids.js';
import type { NetworkFact } from '../../scoring/facts/facts.js';
import type { Connection, Hub } from '../connections/hub.js';
import { download } from './download.js';
import { networkFact } from './network-fact.js';
import { measureRoundTrips } from './round-trips.js';
import { defaultNetworkSettings, type NetworkSettings } from './settings.js';
import { Turns } from './turns.js';
import { upload } from './upload.js';

export interface NetworkExamsOptions {
  readonly hub: Pick<Hub, 'get'>;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Called once for each measurement: with what was measured, or with why nothing was. */
  readonly observe: (measured: NetworkFact | NotMeasured, device: string) => void;
  readonly log: Pick<Logger, 'error'>;
  readonly settings?: Partial<NetworkSettings>;
}

/** `gone`: the connection ended or was busy with an earlier exam. `busy`: the device's turn did not come in time. */
export type NotMeasured = 'gone' | 'busy';

/** The network exam of devices (docs/protocol.md section 6): round trip, download, upload. */
export class NetworkExams {
  readonly #options: NetworkExamsOptions;
  readonly #settings: NetworkSettings;
  readonly #turns: Turns;

  constructor(options: NetworkExamsOptions) {
    this.#options = options;
    this.#settings = { ...defaultNetworkSettings, ...options.settings };
    this.#turns = new Turns(this.#settings.atOnce);
  }

  /**
   * Measures a device's line: within `roundTripsMs + pingMs + waitMs + 2 · (transferMs + quietMs)`. Never
   * rejects. Records nothing. Its bytes have left the line when it is over.
   *
   * @returns what is to be recorded; null when there was nothing to measure, which is nobody's fault
   */
  async measure(device: string, exam: string): Promise<NetworkFact | null> {
    const { observe, log } = this.#options;
    try {
      const measured = await this.#measure(device, exam);
      observe(measured, device);
      return typeof measured === 'string' ? null : measured;
    } catch (error) {
      log.error({ err: error, device, exam }, 'a line could not be measured');
      return null;
    }
  }

  async #measure(device: string, exam: string): Promise<NetworkFact | NotMeasured> {
    const { hub, clock, random } = this.#options;
    const connection = hub.get(device);
    if (connection === undefined) return 'gone';
    const roundTrips = await measureRoundTrips(connection, this.#settings, clock);
    if (!(await this.#turns.take(this.#settings.waitMs))) return 'busy';
    try {
      const transfers = await this.#transfer(connection, exam);
      if (transfers === null) return 'gone';
      const ids = { id: newFactId(random), at: clock.now(), device, exam };
      return networkFact(ids, { roundTrips, ...transfers });
    } finally {
      this.#turns.done();
    }
  }

  async #transfer(connection: Connection, exam: string) {
    const { clock, random } = this.#options;
    const down = await download(connection, exam, random(32), this.#settings, clock);
    const up = down && (await upload(connection, exam, random(32), this.#settings, clock));
    return down && up && { download: down, upload: up };
  }
}
