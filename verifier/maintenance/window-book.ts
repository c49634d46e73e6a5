import { nobody } from '../../scoring/facts/base.js';
import type { Fact } from '../../scoring/facts/facts.js';
import type { TimeWindow } from '../../scoring/queries/maintenance.js';
import { capSpanMs } from './window-rules.js';

/** Windows that have ended are let go of once so many have come since. */
const tidyAfter = 1_000;

/**
 * All windows of the last 30 days and to come, of all devices, and the quiet of everybody. Moved on by every fact that is on
 * record, ours and other verifiers'; the same fact again changes nothing.
 */
export class WindowBook {
  readonly #now: () => number;
  readonly #windows = new Map<string, Map<string, TimeWindow>>();
  #sinceTidied = 0;

  /** @param windows as the record has them @param now milliseconds since 1970 */
  constructor(windows: readonly TimeWindow[], now: () => number) {
    this.#now = now;
    this.reload(windows);
  }

  /** Takes in what the record has. What it doesn't have yet stays. */
  reload(windows: readonly TimeWindow[]): void {
    for (const window of windows) {
      const known = this.#windows.get(window.device)?.get(window.id);
      this.#keep(known === undefined ? window : { ...window, to: Math.min(window.to, known.to) });
    }
  }

  /** Of a device, or of everybody, by their begin. */
  of(device: string): TimeWindow[] {
    const since = this.#now() - capSpanMs;
    const windows = [...(this.#windows.get(device)?.values() ?? [])];
    return windows.filter(({ to }) => to > since).sort((a, b) => a.from - b.from);
  }

  get quiet(): TimeWindow[] {
    return this.of(nobody);
  }

  /** Takes in a fact that is on record. */
  apply(fact: Fact): void {
    switch (fact.kind) {
      case 'maintenance.declared':
      case 'quiet.declared': {
        const { id, device, from, to, reason, by, at } = fact;
        // It may have been ended since, and this be said again.
        if (this.#windows.get(device)?.has(id)) return;
        return this.#keep({ id, device, from, to, reason, by, declaredAt: at });
      }
      case 'maintenance.ended': {
        const window = this.#windows.get(fact.device)?.get(fact.window);
        if (window !== undefined) this.#keep({ ...window, to: Math.min(window.to, fact.to) });
        return;
      }
      default:
        return;
    }
  }

  #keep(window: TimeWindow): void {
    const windows = this.#windows.get(window.device) ?? new Map<string, TimeWindow>();
    windows.set(window.id, window);
    this.#windows.set(window.device, windows);
    this.#sinceTidied += 1;
    if (this.#sinceTidied >= tidyAfter) this.#tidy();
  }

  #tidy(): void {
    this.#sinceTidied = 0;
    const since = this.#now() - capSpanMs;
    for (const [device, windows] of this.#windows) {
      for (const [id, { to }] of windows) if (to <= since) windows.delete(id);
      if (windows.size === 0) this.#windows.delete(device);
    }
  }
}
