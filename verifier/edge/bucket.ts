/** Tokens that come back at a steady pace, up to a limit. */
export class Bucket {
  readonly #perSecond: number;
  readonly #most: number;
  #tokens: number;
  #at: number;

  /**
   * @param perSecond tokens that come back in a second
   * @param most tokens at the start and ever
   * @param now monotonic milliseconds
   */
  constructor(perSecond: number, most: number, now: number) {
    this.#perSecond = perSecond;
    this.#most = most;
    this.#tokens = most;
    this.#at = now;
  }

  /** @returns false, and takes nothing, when there are fewer than `count` */
  take(count: number, now: number): boolean {
    this.#tokens = Math.min(this.#most, this.#tokens + ((now - this.#at) / 1000) * this.#perSecond);
    this.#at = now;
    if (this.#tokens < count) return false;
    this.#tokens -= count;
    return true;
  }
}
