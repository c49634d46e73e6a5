import { TouchstoneError } from '../../protocol/error.js';
import type { Fact } from '../../scoring/facts/facts.js';
import type { Journal } from '../journal/journal.js';
import type { Devices } from './devices.js';
import { needsHome } from './needs-home.js';

/** What a recorder has to do with other verifiers. */
export interface RecorderFleet {
  /** Whether this verifier may act for the device. */
  isHere(device: string): boolean;
  /** Tells the others of facts that are in the journal. Never rejects. */
  announce(facts: readonly Fact[]): Promise<void>;
}

/** Of a verifier that runs alone. */
const alone: RecorderFleet = { isHere: () => true, announce: async () => {} };

/** The one way in which anything becomes so: on disk first, then with the others and in view. */
export class Recorder {
  readonly #journal: Journal;
  readonly #devices: Devices;
  readonly #fleet: RecorderFleet;
  /** Facts of each device that are on their way to the journal and the others. */
  readonly #underWay = new Map<string, Set<Promise<void>>>();

  constructor(journal: Journal, devices: Devices, fleet: RecorderFleet = alone) {
    this.#journal = journal;
    this.#devices = devices;
    this.#fleet = fleet;
  }

  /**
   * Records facts that belong together: after a crash all of them are there, or none.
   * @throws TouchstoneError `journal.full` or `service.storage-unavailable`, or `session.moving` where a device among them is
   *   at home elsewhere; then nothing has changed
   */
  async record(facts: readonly Fact[]): Promise<void> {
    if (facts.length === 0) return;
    const needing = new Set(facts.filter(needsHome).map(({ device }) => device));
    this.#assertHome(needing);
    const examined = facts.flatMap((fact) =>
      fact.kind === 'exam.finished' || fact.kind === 'network.measured' ? [fact.device] : [],
    );
    for (const device of new Set(examined)) await this.#devices.prepare(device);
    // It may have moved while its history was read. From here on it waits for us before it moves.
    this.#assertHome(needing);
    await this.#trace(needing, this.#write(facts));
  }

  /** Records what another verifier had recorded and can't bring to the record any more. @throws as `record` does */
  async adopt(facts: readonly Fact[]): Promise<void> {
    if (facts.length > 0) await this.#write(facts);
  }

  /** Resolves when no fact about a device is on its way. */
  async settled(device: string): Promise<void> {
    await Promise.allSettled(this.#underWay.get(device) ?? []);
  }

  async #write(facts: readonly Fact[]): Promise<void> {
    await this.#journal.append(facts);
    await this.#fleet.announce(facts);
    await this.#devices.apply(facts);
  }

  #assertHome(devices: ReadonlySet<string>): void {
    for (const device of devices)
      if (!this.#fleet.isHere(device)) throw new TouchstoneError('session.moving');
  }

  async #trace(devices: ReadonlySet<string>, work: Promise<void>): Promise<void> {
    for (const device of devices) {
      const underWay = this.#underWay.get(device) ?? new Set();
      this.#underWay.set(device, underWay.add(work));
    }
    try {
      await work;
    } finally {
      for (const device of devices) this.#forget(device, work);
    }
  }

  #forget(device: string, work: Promise<void>): void {
    const underWay = this.#underWay.get(device);
    underWay?.delete(work);
    if (underWay?.size === 0) this.#underWay.delete(device);
  }
}
