import type { Logger } from 'pino';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { toHex } from '../../protocol/bytes.js';
import type { Clock } from '../../protocol/clock.js';
import type { BeaconValue } from '../../protocol/messages/receipt.js';
import { base58Hash } from './base58.js';

/** A value is good for so long: probes of one moment share it. */
const freshMs = 5_000;
/** A probe does not wait longer for its beacon. */
const withinMs = 2_000;
/** After a failure nobody is asked for so long: a beacon that is away must not delay every probe. */
const pauseMs = 30_000;
const longestReply = 16 * 1024;

const request = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'getLatestBlockhash',
  params: [{ commitment: 'finalized' }],
});

const reply = Compile(
  Type.Object({
    result: Type.Object({
      context: Type.Object({ slot: Type.Integer({ minimum: 0 }) }),
      value: Type.Object({ blockhash: Type.String() }),
    }),
  }),
);

export interface SolanaBeaconOptions {
  readonly rpc: string;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly log: Pick<Logger, 'warn'>;
  readonly fetch?: typeof fetch;
}

/** The latest block hash of Solana: nobody could know it a minute ago, and everybody can look it up for ever. */
export class SolanaBeacon {
  readonly #options: SolanaBeaconOptions;
  #asked: { readonly at: number; readonly value: Promise<BeaconValue | null> } | null = null;
  #pausedUntil = Number.NEGATIVE_INFINITY;

  constructor(options: SolanaBeaconOptions) {
    this.#options = options;
  }

  /** At most five seconds old, and there within two. Null where the beacon is away; never rejects. */
  latest(): Promise<BeaconValue | null> {
    const now = this.#options.clock.monotonic();
    if (now < this.#pausedUntil) return Promise.resolve(null);
    if (this.#asked === null || now - this.#asked.at >= freshMs)
      this.#asked = { at: now, value: this.#ask() };
    return this.#asked.value;
  }

  async #ask(): Promise<BeaconValue | null> {
    const { rpc, clock, log, fetch: ask = fetch } = this.#options;
    try {
      const response = await ask(rpc, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: request,
        signal: AbortSignal.timeout(withinMs),
      });
      return read(await response.text());
    } catch (error) {
      this.#pausedUntil = clock.monotonic() + pauseMs;
      log.warn({ err: error }, 'the beacon is away: probes of leases go on without it');
      return null;
    }
  }
}

function read(text: string): BeaconValue {
  if (text.length > longestReply) throw new Error('the reply is too long');
  const content: unknown = JSON.parse(text);
  if (!reply.Check(content)) throw new Error('the reply has no block hash');
  const { context, value } = content.result;
  const hash = base58Hash(value.blockhash);
  if (hash === null) throw new Error('the block hash is not 32 bytes in base58');
  return { source: 'solana', round: context.slot, value: toHex(hash) };
}
