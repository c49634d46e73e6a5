/** A day and a half of windows weighs as much as all before: a new custom is learned in days, an attack of an hour is not. */
const memory = 200;

/** How often something usually happens within a window: a mean that forgets slowly. */
export class UsualRate {
  readonly #windowMs: number;
  #window: number;
  #count = 0;
  #mean = 0;

  /** @param at monotonic milliseconds */
  constructor(windowMs: number, at: number) {
    this.#windowMs = windowMs;
    this.#window = Math.floor(at / windowMs);
  }

  /** Counts one more. @param most that one window may add to what is usual: an attack must not become a custom */
  add(at: number, most: number): void {
    this.#moveTo(at);
    this.#count = Math.min(this.#count + 1, most);
  }

  /** Mean count of the windows that are over. */
  mean(at: number): number {
    this.#moveTo(at);
    return this.#mean;
  }

  #moveTo(at: number): void {
    const passed = Math.floor(at / this.#windowMs) - this.#window;
    if (passed <= 0) return;
    this.#mean += (this.#count - this.#mean) / memory;
    // Nothing happened in the windows since.
    this.#mean *= (1 - 1 / memory) ** (passed - 1);
    this.#count = 0;
    this.#window += passed;
  }
}
