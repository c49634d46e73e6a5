import type { Code } from '../../protocol/codes/table.js';
import type { NetworkReceived } from '../../protocol/messages/network.js';
import type { AgentMessage } from '../../protocol/messages/wire.js';

/** What a device says, but for the reports of a transfer, which the connection takes itself. */
export type DeskMessage = Exclude<AgentMessage, NetworkReceived>;

/** One kind of business with devices: tables, probes, outages. Nothing here throws. */
export interface Desk<M extends DeskMessage> {
  /** The device has a connection that is in the hub. */
  connected(device: string): void;
  /** It has none any more. */
  disconnected(device: string): void;
  /**
   * @param at monotonic milliseconds of the arrival
   * @returns the code with which the message is refused, or null
   */
  receive(device: string, message: M, at: number): Code | null;
  /** Ends everything, without a verdict. */
  close(): void;
}
