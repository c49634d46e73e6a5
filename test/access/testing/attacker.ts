import { randomBytes } from 'node:crypto';
import { identityOf } from '../../../agent/identity.js';

/** A route as the OpenAPI document has it. */
export interface Route {
  readonly method: string;
  readonly path: string;
}

const writing = ['post', 'put', 'patch', 'delete'];
/** They give something to whoever asks, and write nothing about a device. */
const harmless = ['/v1/nonces', '/v1/wallets/'];

/** Every served route that could write, and every method on what is about one device, served or not. */
export async function writingRoutes(url: string): Promise<Route[]> {
  const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as {
    readonly paths: Record<string, Record<string, unknown>>;
  };
  const served = Object.entries(paths).flatMap(([path, methods]) =>
    writing.filter((method) => method in methods).map((method) => ({ method, path })),
  );
  const aboutDevices = Object.keys(paths).filter((path) => path.startsWith('/v1/devices'));
  const guessed = aboutDevices.flatMap((path) => writing.map((method) => ({ method, path })));
  return [...served, ...guessed].filter(({ path }) => !harmless.some((start) => path.startsWith(start)));
}

/** Somebody who has tokens of others, and a key of their own. */
export class Attacker {
  readonly #url: string;
  readonly #message: Record<string, unknown>;
  readonly #signature: string;

  constructor(url: string) {
    const own = identityOf(randomBytes(32));
    this.#url = url;
    this.#message = {
      nonce: `no_${randomBytes(16).toString('hex')}`,
      host: new URL(url).host,
      name: 'owned',
      agent: { version: '0', platform: 'test' },
      cards: [{ kind: 'gpu', model: 'RTX 4090', memoryBytes: 24 * 2 ** 30, engine: null }],
      wallet: 'So11111111111111111111111111111111111111112',
    };
    this.#signature = own.sign('enrol', { ...this.#message, device: own.device });
  }

  /** Tries to write other metadata of a device: all that an enrolment needs, but for the victim's key. @returns the status */
  async write({ method, path }: Route, victim: string, token: string): Promise<number> {
    const response = await fetch(this.#url + path.replace(/\{[^}]*\}/g, victim), {
      method: method.toUpperCase(),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...this.#message, device: victim, signature: this.#signature }),
    });
    await response.arrayBuffer();
    return response.status;
  }
}
