import type { Squarer } from '../../challenges/engines/squarer.js';
import { firstBase, keyOf } from '../../challenges/timelock/chain.js';
import { fromHex, toHex } from '../../protocol/bytes.js';
import type { OfflineMessage, OfflineTrial } from '../../protocol/messages/offline.js';
import { readModulus } from './chain.js';
import { failure } from './chain-solver.js';
import type { OfflineEvent } from './events.js';

export interface TrialsOptions {
  readonly squarer: Squarer;
  readonly send: (message: OfflineMessage) => void;
  readonly events: (event: OfflineEvent) => void;
}

/** Answers `offline.trial`: how fast this machine squares, on the verifier's clock. One at a time, the newest. */
export class Trials {
  readonly #options: TrialsOptions;
  #stop = new AbortController();
  #ended: Promise<void> = Promise.resolve();

  constructor(options: TrialsOptions) {
    this.#options = options;
  }

  /** Begins at once. Where the squarer fails or the time runs out, nothing is answered. */
  ask(trial: OfflineTrial): void {
    void this.stop();
    this.#stop = new AbortController();
    this.#ended = this.#answer(trial, this.#stop);
  }

  /** @returns when the squarer is free */
  stop(): Promise<void> {
    this.#stop.abort();
    return this.#ended;
  }

  async #answer({ modulus, seed, squarings, withinMs }: OfflineTrial, stop: AbortController): Promise<void> {
    const { squarer, send, events } = this.#options;
    const bytes = readModulus(modulus);
    if (bytes === null) return;
    const timer = setTimeout(() => stop.abort(), withinMs);
    try {
      const solution = await squarer.square(bytes, firstBase(fromHex(seed)), squarings, stop.signal);
      if (!stop.signal.aborted) send({ type: 'offline.solved', seed, key: toHex(keyOf(solution)) });
    } catch (error) {
      if (!stop.signal.aborted) events(failure(error));
    } finally {
      clearTimeout(timer);
    }
  }
}
