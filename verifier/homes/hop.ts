import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../protocol/clock.js';
import type { Secrets } from '../secrets/secrets.js';

/** Sent with a request that another verifier of the fleet passes on. */
export const hopHeader = 'x-touchstone-hop';
/** Clocks of verifiers may differ, and a request may wait; older ones are not believed. */
const believedMs = 60_000;

/** A request that another verifier has passed on. */
export interface Hop {
  readonly from: string;
  /** Of the client, as the other verifier saw it. */
  readonly address: string;
}

interface HopRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly to: string;
}

/** Says by the shared secret that a request comes from a verifier, so that nobody else can claim an address or a hop. */
export class HopSeal {
  readonly #key: Uint8Array;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(secrets: Pick<Secrets, 'derive'>, clock: Pick<Clock, 'now'>) {
    this.#key = secrets.derive('hop', 'v1');
    this.#clock = clock;
  }

  /** The header of a request. */
  seal(hop: Hop, request: HopRequest): string {
    const content = Buffer.from(JSON.stringify({ ...hop, at: this.#clock.now() })).toString('base64url');
    return `${content}.${this.#mac(content, request)}`;
  }

  /** What a header says; null where it is none of ours, of another request, or too old. */
  open(header: string, request: HopRequest): Hop | null {
    const [content = '', mac = '', ...more] = header.split('.');
    const expected = Buffer.from(this.#mac(content, request));
    const given = Buffer.from(mac);
    if (more.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
    const { from, address, at } = JSON.parse(Buffer.from(content, 'base64url').toString()) as Hop & {
      at: number;
    };
    return Math.abs(this.#clock.now() - at) <= believedMs ? { from, address } : null;
  }

  #mac(content: string, { method, path, to }: HopRequest): string {
    return createHmac('sha256', this.#key)
      .update(`${content}\n${to}\n${method}\n${path}`)
      .digest('base64url');
  }
}
