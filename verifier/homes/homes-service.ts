import type { Fact } from '../../scoring/facts/facts.js';
import type { HomesPort } from './homes-port.js';

/** All that a verifier has to do with its like. */
export interface Homes extends HomesPort {
  /** Devices that are at home here. */
  readonly size: number;
  /** Whether a connection or a request of the device may be served here now: it is at home, and not on its way elsewhere. */
  admits(device: string): boolean;
  /** The device has a line here. @returns since when it had none because its verifier went away; null else */
  lineUp(device: string): number | null;
  /** Its line was lost. */
  lineDown(device: string): void;
  /** Tells the others of facts that are in our journal. Never rejects. */
  announce(facts: readonly Fact[]): Promise<void>;
  /** Facts about a device that may not be in ClickHouse yet, whoever recorded them; oldest first. */
  unshipped(device: string): readonly Fact[];
  /** Becomes one of them. @param url where the others reach us */
  join(url: string): Promise<void>;
  /** Hands all devices over, so that others can go on with them. Journal and hot state must still work. */
  leave(): Promise<void>;
  /** After the journal has shipped what it could. */
  close(): Promise<void>;
}
