import type { ClickHouseClient } from '@clickhouse/client';
import type { Clock } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { Figures, SweepChains, SweepDocument, SweepSummary } from '../../protocol/messages/sweep.js';
import { fleetFigures } from '../../scoring/queries/figures.js';
import {
  examsOfSweep,
  finishedSweeps,
  lastFinishedOf,
  lastTaken,
  mostProvenTogether,
  sweepChains,
  sweepParts,
} from '../../scoring/queries/sweeps.js';
import { sweepDocument } from './document.js';

/** Sweeps of one page, and chains that are shown. */
const pageLength = 100;
const chainsShown = 20;
const chainsBack = 10_000;
/** The figures are for everybody to ask, and dear to count: what was counted is good for so long, milliseconds. */
const figuresMs = 60_000;
const day = 24 * 3600_000;

/** What anybody may know of sweeps: read from the record alone, so that each verifier says the same. */
export class PublishedSweeps {
  readonly #client: ClickHouseClient;
  readonly #clock: Clock;
  #figures: { readonly at: number; readonly value: Promise<Figures> } | null = null;

  constructor({ clickhouse, clock }: { readonly clickhouse: ClickHouseClient; readonly clock: Clock }) {
    this.#client = clickhouse;
    this.#clock = clock;
  }

  /** Sweeps that are over, newest first. @param before milliseconds since 1970 */
  list(before: number): Promise<SweepSummary[]> {
    return finishedSweeps(this.#client, before, pageLength);
  }

  /** The public file of a sweep. @throws TouchstoneError `sweep.unknown` where it is not over, or none */
  async document(sweep: string): Promise<SweepDocument> {
    const [first, ...rest] = await sweepParts(this.#client, sweep);
    // It is over when all of its parts are there.
    if (first === undefined || first.parts > rest.length + 1) throw new TouchstoneError('sweep.unknown');
    const chains = await sweepChains(this.#client, chainsBack);
    const chain = chains.find((one) => one.chain === first.chain);
    if (chain === undefined) throw new TouchstoneError('sweep.unknown');
    return sweepDocument([first, ...rest], chain, await examsOfSweep(this.#client, sweep));
  }

  async chains(): Promise<SweepChains> {
    const found = await sweepChains(this.#client, chainsShown);
    const chains = found.map(async ({ chain, head, length, at: publishedAt }) => {
      const last = await lastFinishedOf(this.#client, chain);
      const taken = await lastTaken(this.#client, chain);
      const [part] = last === null ? [] : await sweepParts(this.#client, last);
      const { preimage: lastPreimage = null, index: lastIndex = null } = part ?? {};
      return { chain, head, length, publishedAt, taken, lastPreimage, lastIndex };
    });
    return { chains: await Promise.all(chains) };
  }

  /** A minute old at most. @throws the record's errors */
  figures(): Promise<Figures> {
    const now = this.#clock.monotonic();
    if (this.#figures === null || now - this.#figures.at > figuresMs) {
      const value = this.#count();
      this.#figures = { at: now, value };
      value.catch(() => {
        this.#figures = null;
      });
    }
    return this.#figures.value;
  }

  async #count(): Promise<Figures> {
    const now = this.#clock.now();
    const best = await mostProvenTogether(this.#client, now - day);
    const { gpus = 0, sweep = null, at = null } = best ?? {};
    return { ...(await fleetFigures(this.#client, now)), provenTogether: { gpus, sweep, at } };
  }
}
