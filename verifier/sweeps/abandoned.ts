import type { ClickHouseClient } from '@clickhouse/client';
import { eligibleHash } from '../../challenges/sweep/draw.js';
import { toHex } from '../../protocol/bytes.js';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import { newFactId } from '../../protocol/ids.js';
import { nobody } from '../../scoring/facts/base.js';
import type { SweepFact } from '../../scoring/facts/sweep.js';
import { abandonedSweeps, sweepChains } from '../../scoring/queries/sweeps.js';
import type { Recorder } from '../devices/recorder.js';
import type { Chains } from './chains.js';

/** A preimage that was taken so long ago is not in use any more, milliseconds. */
const forgottenMs = 3600_000;
/** How often there is a look, milliseconds. */
const everyMs = 10 * 60_000;
/** Chains that are looked back at. */
const chainsBack = 100;

export interface AbandonedOptions {
  readonly clickhouse: ClickHouseClient;
  readonly chains: Pick<Chains, 'preimage'>;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

/**
 * Sweeps that never came to their end, as their leader was lost. Their preimages are told too, with nobody asked: or an operator
 * could begin one, look whom it draws, and try another.
 */
export class Abandoned {
  readonly #options: AbandonedOptions;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(options: AbandonedOptions) {
    this.#options = options;
  }

  /** Puts an end to them, where it is time to look. @throws what the record and the journal throw */
  async end(): Promise<void> {
    const { clickhouse, chains, recorder, clock } = this.#options;
    if (clock.monotonic() - this.#lookedAt < everyMs) return;
    this.#lookedAt = clock.monotonic();
    const left = await abandonedSweeps(clickhouse, clock.now() - forgottenMs);
    if (left.length === 0) return;
    const known = new Map((await sweepChains(clickhouse, chainsBack)).map((chain) => [chain.chain, chain]));
    for (const { sweep, sweepKind, of, index, takenAt } of left) {
      const length = known.get(of)?.length;
      if (length === undefined) continue;
      const preimage = toHex(chains.preimage(of, length, index));
      await recorder.record([
        this.#endOf({ sweep, sweepKind, chain: of, index, preimage, startedAt: takenAt }),
      ]);
    }
  }

  #endOf(
    about: Pick<SweepFact, 'sweep' | 'sweepKind' | 'chain' | 'index' | 'preimage' | 'startedAt'>,
  ): SweepFact {
    const { clock, random } = this.#options;
    return {
      kind: 'sweep.finished',
      id: newFactId(random),
      at: clock.now(),
      device: nobody,
      ...about,
      beacons: { arm: null, compute: null, memory: null },
      computeAt: null,
      memoryAt: null,
      spread: { compute: null, memory: null },
      clocks: [],
      eligible: { count: 0, hash: eligibleHash([]), devices: [] },
      drawn: 0,
      members: [],
      part: 1,
      parts: 1,
    };
  }
}
