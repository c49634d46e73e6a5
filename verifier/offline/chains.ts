import type { Logger } from 'pino';
import { toBase64, toHex } from '../../protocol/bytes.js';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import { limits } from '../../protocol/limits.js';
import type { OfflineChain } from '../../protocol/messages/offline.js';
import type { Hub } from '../connections/hub.js';
import { creditRate } from './credit.js';
import type { Rates } from './rates.js';
import type { ChainTable } from './shown.js';
import { type Mac, writeToken } from './token.js';

/** How chains are made. Milliseconds. */
export interface ChainSettings {
  /** Of a link at the device's best rate, and of a whole chain. */
  readonly linkMs: number;
  readonly chainMs: number;
  /** A new chain so often. */
  readonly chainEveryMs: number;
}

export interface ChainsOptions {
  readonly hub: Pick<Hub, 'send'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: RandomBytes;
  /** The tables that a device keeps, ascending by card. */
  readonly tablesOf: (device: string) => Promise<readonly ChainTable[]>;
  readonly rates: Rates;
  /** A device with a table has never shown how fast it squares. */
  readonly rateless: (device: string) => void;
  /** 256 bytes. */
  readonly modulus: Uint8Array;
  readonly mac: Mac;
  readonly settings: ChainSettings;
  readonly log: Pick<Logger, 'warn'>;
}

/** Hands connected devices a new chain again and again. None is remembered: all that it is stands in its token. */
export class Chains {
  readonly #options: ChainsOptions;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(options: ChainsOptions) {
    this.#options = options;
  }

  /** One now, and then one after the other, until `stop`. */
  start(device: string): void {
    this.stop(device);
    const timer = setInterval(() => this.#hand(device, timer), this.#options.settings.chainEveryMs);
    this.#timers.set(device, timer);
    this.#hand(device, timer);
  }

  stop(device: string): void {
    clearInterval(this.#timers.get(device));
    this.#timers.delete(device);
  }

  close(): void {
    for (const device of [...this.#timers.keys()]) this.stop(device);
  }

  #hand(device: string, timer: NodeJS.Timeout): void {
    this.#make(device).then(
      (chain) => {
        if (chain !== null && this.#timers.get(device) === timer) this.#options.hub.send(device, chain);
      },
      (error) => this.#options.log.warn({ err: error, device }, 'no chain could be made'),
    );
  }

  /** Null where it would be of no use: no card has a table, or nobody knows how long a link should be. */
  async #make(device: string): Promise<OfflineChain | null> {
    const { clock, random, tablesOf, rates, rateless, modulus, mac, settings } = this.#options;
    const tables = await tablesOf(device);
    if (tables.length === 0) return null;
    const best = await rates.of(device);
    if (best === null) {
      rateless(device);
      return null;
    }
    const work = {
      seed: toHex(random(32)),
      squarings: Math.min(
        Math.max(1, Math.round((creditRate(best) * settings.linkMs) / 1000)),
        limits.squarings,
      ),
      links: Math.min(Math.max(1, Math.round(settings.chainMs / settings.linkMs)), limits.links),
      cards: tables.map(({ card, tableSeed }) => ({ card, tableSeed })),
    };
    const token = writeToken(mac, { device, issuedAt: clock.now(), ...work });
    return { type: 'offline.chain', token, modulus: toBase64(modulus), ...work };
  }
}
