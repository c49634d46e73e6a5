import { randomBytes } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { Clock } from '../../protocol/clock.js';

/**
 * Round trips of one connection by WebSocket ping. Each ping has random bytes of its own, which its answer must repeat: a
 * pong that is sent before its ping has come can't know them, and one can't be taken for another's.
 */
export class Pings {
  readonly #socket: WebSocket;
  readonly #clock: Clock;
  /** By payload: told when the answer came, null when none will. */
  readonly #waiting = new Map<string, (at: number | null) => void>();

  constructor(socket: WebSocket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
  }

  /** @returns milliseconds; null when no answer came within the time or the connection ended */
  ping(withinMs: number): Promise<number | null> {
    if (this.#socket.readyState !== this.#socket.OPEN) return Promise.resolve(null);
    return new Promise((resolve) => {
      const payload = randomBytes(16);
      const key = payload.toString('hex');
      const sentAt = this.#clock.monotonic();
      const timer = setTimeout(() => this.#answer(key, null), withinMs);
      this.#waiting.set(key, (at) => {
        clearTimeout(timer);
        resolve(at === null ? null : at - sentAt);
      });
      this.#socket.ping(payload);
    });
  }

  /** @returns false where the pong answers no ping that is waited for */
  pong(payload: Buffer): boolean {
    return this.#answer(payload.toString('hex'), this.#clock.monotonic());
  }

  /** The connection has ended: nobody waits any longer. */
  end(): void {
    for (const key of [...this.#waiting.keys()]) this.#answer(key, null);
  }

  #answer(key: string, at: number | null): boolean {
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    waiting?.(at);
    return waiting !== undefined;
  }
}
