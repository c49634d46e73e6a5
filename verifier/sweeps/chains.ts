import { PreimageChain } from '../../challenges/sweep/chain.js';
import { toHex } from '../../protocol/bytes.js';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import { newFactId } from '../../protocol/ids.js';
import type { SweepKind } from '../../protocol/messages/sweep.js';
import { nobody } from '../../scoring/facts/base.js';
import type { SweepChainFact, SweepReservedFact } from '../../scoring/facts/sweep.js';
import type { Recorder } from '../devices/recorder.js';
import { type Shipping, settled } from '../leases/settled.js';
import type { HotState } from '../state/state.js';

/** How long the hot state remembers who took a preimage, beside the record. */
const takenMs = 24 * 3600_000;
/** Preimages that others took are passed over, but not for ever. */
const tries = 100;

/** What the record knows of chains. */
export interface ChainRecord {
  /** The chain that was published last, with the highest index that was ever taken of it (0: none). */
  latest(): Promise<{ readonly chain: SweepChainFact; readonly taken: number } | null>;
  /** Sweeps that a preimage was taken for. */
  takers(chain: string, index: number): Promise<readonly string[]>;
}

export interface ChainsOptions {
  readonly self: string;
  readonly state: HotState;
  readonly record: ChainRecord;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly shipping: Shipping;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** The secret that a chain begins with, 32 bytes; the same at all verifiers. */
  readonly derive: (chain: string) => Uint8Array;
  /** Preimages of a new chain. */
  readonly length: number;
}

export interface Reservation {
  readonly chain: string;
  readonly length: number;
  readonly index: number;
  readonly preimage: Uint8Array;
}

/** The published hash chains, and who takes which preimage: each is on record before it is used, and used once at most. */
export class Chains {
  readonly #options: ChainsOptions;
  /** The last that was computed: 10,000 hashes are not done again for each sweep. */
  #computed: { readonly id: string; readonly chain: PreimageChain } | null = null;

  constructor(options: ChainsOptions) {
    this.#options = options;
  }

  /** The preimage of a sweep that has reserved it; any verifier knows it by the common secret. */
  preimage(chain: string, length: number, index: number): Uint8Array {
    return this.#chain(chain, length).preimage(index);
  }

  /**
   * Takes the next preimage for a sweep. It is in the record when this resolves, and the head of its chain before it.
   * @throws TouchstoneError `sweep.no-record` where the record does not take it in time; what the journal and the record throw
   */
  async reserve(sweep: string, sweepKind: SweepKind, why: string): Promise<Reservation> {
    const { record, state } = this.#options;
    const latest = await record.latest();
    const current = latest !== null && this.#isOurs(latest.chain) ? latest : null;
    let { chain, taken } = current ?? { chain: await this.#publish(), taken: 0 };
    for (let tried = 0; tried < tries; tried++) {
      if (taken >= chain.length) {
        chain = await this.#publish();
        taken = 0;
      }
      const index = ++taken;
      const key = `sweep-taken/${chain.chain}/${index}`;
      if ((await state.putIfAbsent(key, sweep, takenMs)) !== sweep) continue;
      await this.#record(this.#reserved(sweep, sweepKind, why, chain.chain, index));
      // The hot state may have been lost between two of us: the record is asked who else has it.
      const takers = await record.takers(chain.chain, index);
      if (takers.some((taker) => taker !== sweep)) continue;
      const { length } = chain;
      return { chain: chain.chain, length, index, preimage: this.preimage(chain.chain, length, index) };
    }
    throw new TouchstoneError('sweep.no-record', 'All preimages that were tried are taken.');
  }

  /** With other secrets than those it was made with, a chain's preimages are lost. */
  #isOurs({ chain, head, length }: SweepChainFact): boolean {
    return toHex(this.#chain(chain, length).head) === head;
  }

  async #publish(): Promise<SweepChainFact> {
    const { clock, random, length } = this.#options;
    const chain = toHex(random(32));
    const fact: SweepChainFact = {
      kind: 'sweep.chain',
      id: newFactId(random),
      at: clock.now(),
      device: nobody,
      chain,
      head: toHex(this.#chain(chain, length).head),
      length,
    };
    await this.#record(fact);
    return fact;
  }

  #reserved(
    sweep: string,
    sweepKind: SweepKind,
    why: string,
    chain: string,
    index: number,
  ): SweepReservedFact {
    const { clock, random, self: by } = this.#options;
    const base = { id: newFactId(random), at: clock.now(), device: nobody };
    return { kind: 'sweep.reserved', ...base, sweep, sweepKind, chain, index, why, by };
  }

  async #record(fact: SweepChainFact | SweepReservedFact): Promise<void> {
    await this.#options.recorder.record([fact]);
    if (!(await settled(this.#options.shipping))) throw new TouchstoneError('sweep.no-record');
  }

  #chain(id: string, length: number): PreimageChain {
    if (this.#computed?.id !== id)
      this.#computed = { id, chain: new PreimageChain(this.#options.derive(id), length) };
    return this.#computed.chain;
  }
}
