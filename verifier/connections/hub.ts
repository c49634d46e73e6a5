import type { VerifierMessage } from '../../protocol/messages/wire.js';
import type { Line } from './line.js';

/** One agent's living connection, as the rest of the verifier sees it. */
export interface Connection extends Line {
  readonly device: string;
  /** False when it is closing or its reader is too far behind. */
  send(message: VerifierMessage): boolean;
  /** Makes a message ready, so that to send it at an exact instant costs little. What it returns sends it, as `send` does. */
  prepare(message: VerifierMessage): () => boolean;
  /** Smallest round trip seen on it in milliseconds, null before the first. */
  readonly roundTripMs: number | null;
  /** When anything last came from it, wall clock. */
  readonly lastSeenAt: number;
  close(code: 'session.superseded' | 'session.ended' | 'agent.too-old'): void;
}

/** Devices that have gone of which the last sign of life is remembered; of others the record knows the last minute. */
const mostRemembered = 100_000;

/** Which devices are connected: at most one connection each, the newest. */
export class Hub {
  readonly #connections = new Map<string, Connection>();
  readonly #lastSeen = new Map<string, number>();

  /** Takes a connection in; an older one of the same device is closed. */
  add(connection: Connection): void {
    const older = this.#connections.get(connection.device);
    this.#connections.set(connection.device, connection);
    older?.close('session.superseded');
  }

  /** @returns false when the device already has a newer connection: then it is not gone */
  remove(connection: Connection): boolean {
    if (this.#connections.get(connection.device) !== connection) return false;
    this.#remember(connection);
    return this.#connections.delete(connection.device);
  }

  get(device: string): Connection | undefined {
    return this.#connections.get(device);
  }

  /** When this verifier, since its start, last heard of a device; wall clock. */
  lastSeenAt(device: string): number | null {
    return this.#connections.get(device)?.lastSeenAt ?? this.#lastSeen.get(device) ?? null;
  }

  send(device: string, message: VerifierMessage): boolean {
    return this.#connections.get(device)?.send(message) ?? false;
  }

  /** For the connection that the device has now: one that comes later gets nothing. */
  prepare(device: string, message: VerifierMessage): () => boolean {
    return this.#connections.get(device)?.prepare(message) ?? (() => false);
  }

  get size(): number {
    return this.#connections.size;
  }

  all(): Iterable<Connection> {
    return this.#connections.values();
  }

  #remember({ device, lastSeenAt }: Connection): void {
    this.#lastSeen.delete(device);
    this.#lastSeen.set(device, lastSeenAt);
    const [oldest] = this.#lastSeen.keys();
    if (this.#lastSeen.size > mostRemembered && oldest !== undefined) this.#lastSeen.delete(oldest);
  }
}
