import { limits } from '../../protocol/limits.js';
import { Bucket } from '../edge/bucket.js';

/** How many messages and bytes an agent may send. Commits and reveals are large, and allowed for when they are asked. */
export class MessageRate {
  readonly #messages: Bucket;
  readonly #bytes: Bucket;
  #allowed = 0;
  #allowedMessages = 0;

  /** @param now monotonic milliseconds */
  constructor(now: number) {
    this.#messages = new Bucket(limits.messagesPerSecond, limits.messagesPerSecond, now);
    this.#bytes = new Bucket(limits.bytesPerSecond, limits.frameBytes, now);
  }

  /** Commits or openings were asked: one frame for each answer is not counted against the bytes. */
  allowAnswers(count: number): void {
    this.#allowed = Math.min(this.#allowed + count * limits.frameBytes, limits.cards * limits.frameBytes);
  }

  /** A transfer begins: so many messages of its own are not counted. Those of an earlier one are no longer allowed. */
  allowMessages(count: number): void {
    this.#allowedMessages = count;
  }

  /** @returns false when this message is one too many, or too much */
  take(bytes: number, now: number): boolean {
    if (!this.#takeMessage(now)) return false;
    if (this.#bytes.take(bytes, now)) return true;
    if (this.#allowed < bytes) return false;
    this.#allowed -= bytes;
    return true;
  }

  #takeMessage(now: number): boolean {
    if (this.#messages.take(1, now)) return true;
    if (this.#allowedMessages === 0) return false;
    this.#allowedMessages -= 1;
    return true;
  }
}
