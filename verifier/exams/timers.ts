/** Longest delay that a Node timer takes. */
const longestTimerMs = 2 ** 31 - 1;

/** One timer for each device, of any length. */
export class DeviceTimers {
  readonly #timers = new Map<string, NodeJS.Timeout>();

  /** In place of what was set for the device before. */
  set(device: string, ms: number, work: () => void): void {
    this.cancel(device);
    const next =
      ms > longestTimerMs
        ? () => this.set(device, ms - longestTimerMs, work)
        : () => {
            this.#timers.delete(device);
            work();
          };
    this.#timers.set(device, setTimeout(next, Math.min(ms, longestTimerMs)));
  }

  cancel(device: string): void {
    clearTimeout(this.#timers.get(device));
    this.#timers.delete(device);
  }

  cancelAll(): void {
    for (const device of [...this.#timers.keys()]) this.cancel(device);
  }
}
