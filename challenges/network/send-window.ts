/** Always allowed on the way: enough for a slow line, and half a second of one with 1 Mbit/s. */
const leastBytes = 64 * 1024;
/** Acknowledgements that take this much longer than the fastest one show a queue that only grows. */
const queueMs = 250;

/**
 * How many bytes of a transfer may be on the way. Without it, megabytes would lie in the buffers of a slow line, and an exam's
 * answer would wait seconds behind them. Grows as long as acknowledgements come as fast as ever, so that a fast line is
 * filled within a few round trips; shrinks while they take longer.
 */
export class SendWindow {
  #sent = 0;
  #acknowledged = 0;
  #ahead = leastBytes;
  #fastestMs = Number.POSITIVE_INFINITY;
  /** When what was sent: the first one is the oldest that is not acknowledged. */
  #onTheWay: { total: number; at: number }[] = [];

  /** True where more may be sent now. */
  get open(): boolean {
    return this.#sent - this.#acknowledged < this.#ahead;
  }

  /**
   * @param total bytes of the transfer sent so far
   * @param at monotonic milliseconds
   */
  sent(total: number, at: number): void {
    this.#sent = total;
    this.#onTheWay.push({ total, at });
  }

  /**
   * @param total bytes that have arrived, as far as is known; less than before, or more than were sent, changes nothing
   * @param at monotonic milliseconds
   */
  acknowledged(total: number, at: number): void {
    const fresh = total - this.#acknowledged;
    if (fresh <= 0 || total > this.#sent) return;
    this.#acknowledged = total;
    const newest = this.#onTheWay.find((one) => one.total >= total);
    this.#onTheWay = this.#onTheWay.filter((one) => one.total > total);
    const tookMs = at - (newest?.at ?? at);
    this.#fastestMs = Math.min(this.#fastestMs, tookMs);
    const queues = tookMs - this.#fastestMs > queueMs;
    this.#ahead = Math.max(leastBytes, this.#ahead + (queues ? -fresh / 2 : fresh));
  }
}
