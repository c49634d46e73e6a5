import type { Fact } from '../../scoring/facts/facts.js';
import type { Journal } from '../journal/journal.js';
import type { Devices } from './devices.js';

/** The one way in which anything becomes so: on disk first, then in view. */
export class Recorder {
  readonly #journal: Journal;
  readonly #devices: Devices;

  constructor(journal: Journal, devices: Devices) {
    this.#journal = journal;
    this.#devices = devices;
  }

  /**
   * Records facts that belong together: after a crash all of them are there, or none.
   * @throws TouchstoneError `journal.full` or `service.storage-unavailable`; then nothing has changed
   */
  async record(facts: readonly Fact[]): Promise<void> {
    if (facts.length === 0) return;
    const examined = facts.flatMap((fact) =>
      fact.kind === 'exam.finished' || fact.kind === 'network.measured' ? [fact.device] : [],
    );
    for (const device of new Set(examined)) await this.#devices.prepare(device);
    await this.#journal.append(facts);
    await this.#devices.apply(facts);
  }
}
