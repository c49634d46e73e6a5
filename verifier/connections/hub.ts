import type { VerifierMessage } from '../../protocol/messages/wire.js';
import type { Line } from './line.js';

/** One agent's living connection, as the rest of the verifier sees it. */
export interface Connection extends Line {
  readonly device: string;
  /** False when it is closing or its reader is too far behind. */
  send(message: VerifierMessage): boolean;
  /** Smallest round trip seen on it in milliseconds, null before the first. */
  readonly roundTripMs: number | null;
  /** When anything last came from it, wall clock. */
  readonly lastSeenAt: number;
  close(code: 'session.superseded' | 'session.ended'): void;
}

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
    this.#lastSeen.set(connection.device, connection.lastSeenAt);
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

  get size(): number {
    return this.#connections.size;
  }

  all(): Iterable<Connection> {
    return this.#connections.values();
  }
}
