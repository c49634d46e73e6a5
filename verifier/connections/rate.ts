import { limits } from '../../protocol/limits.js';

/** Counts messages in a token bucket of one second. */
export class MessageRate {
  #tokens: number = limits.messagesPerSecond;
  #at: number;

  /** @param now monotonic milliseconds */
  constructor(now: number) {
    this.#at = now;
  }

  /** @returns false when this message is one too many */
  take(now: number): boolean {
    const refill = ((now - this.#at) / 1000) * limits.messagesPerSecond;
    this.#tokens = Math.min(limits.messagesPerSecond, this.#tokens + refill);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
