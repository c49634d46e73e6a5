import type { NetworkReceived } from '../../protocol/messages/network.js';

/** One transfer with a device: what may come for it beside exam messages, and who takes it. */
export interface Transfer {
  readonly exam: string;
  /** Bytes that the device is asked to send in binary frames; 0 where it only reports. */
  readonly uploadBytes: number;
  /** Messages and pings that the transfer itself gives rise to: not counted as too many. */
  readonly messages: number;
  /** Never more than `uploadBytes` in all. `at` is when it came, monotonic milliseconds. */
  readonly onBytes: (frame: Uint8Array, at: number) => void;
  readonly onReport: (report: NetworkReceived, at: number) => void;
  /** The connection has ended. */
  readonly onGone: () => void;
}

/** What a network exam uses of a connection. */
export interface Line {
  /**
   * One round trip by WebSocket ping, milliseconds; null when no answer came within the time, or the connection ended.
   * Only an answer to this very ping counts.
   */
  ping(withinMs: number): Promise<number | null>;
  /**
   * Sends one binary frame. Resolves when the operating system has taken it all, with false when the connection is over;
   * not at all where the device reads nothing: wait for the end of the transfer beside it.
   */
  sendBytes(bytes: Uint8Array): Promise<boolean>;
  /**
   * Lets a transfer begin. @returns what ends it; null when another one runs, or when bytes of an earlier one may still
   * be on the way
   */
  startTransfer(transfer: Transfer): (() => void) | null;
}
