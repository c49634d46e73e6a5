import type { Squarer } from '../../challenges/engines/squarer.js';
import { keyOf } from '../../challenges/timelock/chain.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { ResidentWalks } from '../exam/resident-walks.js';
import type { OfflineEvent } from './events.js';
import { LinkWalks } from './link-walks.js';
import type { SolvedLinks } from './solved-links.js';
import { pause } from './within.js';

/** Pause after the squarer failed, as it does where its thread was killed. */
const retryMs = 30_000;

export interface ChainSolverOptions {
  readonly squarer: Squarer;
  readonly walks: ResidentWalks;
  readonly events: (event: OfflineEvent) => void;
}

/** Solves one chain at a time, link after link, from where it stands. */
export class ChainSolver {
  readonly #options: ChainSolverOptions;
  readonly #walks: LinkWalks;
  #stop = new AbortController();
  #ended: Promise<void> = Promise.resolve();

  constructor(options: ChainSolverOptions) {
    this.#options = options;
    this.#walks = new LinkWalks(options.walks);
  }

  /** Goes on with a chain until its last link or `stop`. Whatever ran before must have been stopped. */
  start(solved: SolvedLinks): void {
    this.#stop = new AbortController();
    this.#ended = this.#solve(solved, this.#stop.signal);
  }

  /** The link that is begun is given up; nothing is added any more. @returns when the squarer is free */
  stop(): Promise<void> {
    this.#stop.abort();
    return this.#ended;
  }

  async #solve(solved: SolvedLinks, signal: AbortSignal): Promise<void> {
    const { chain } = solved;
    const { events } = this.#options;
    let told = false;
    while (solved.count < chain.links) {
      const key = await this.#key(solved, signal, (error) => {
        if (!told) events(failure(error));
        told = true;
      });
      if (key === null) {
        await pause(retryMs, signal);
        if (signal.aborted) return;
        continue;
      }
      const roots = await this.#walks.roots(chain, key, signal);
      if (signal.aborted) return;
      solved.add(key, roots);
      events({ type: 'offline.link', link: solved.count, links: chain.links });
    }
  }

  /** @returns the key of the next link, or null where the squarer failed or was stopped */
  async #key(
    { chain, base }: SolvedLinks,
    signal: AbortSignal,
    failed: (error: unknown) => void,
  ): Promise<Uint8Array | null> {
    try {
      return keyOf(await this.#options.squarer.square(chain.modulus, base, chain.squarings, signal));
    } catch (error) {
      if (!signal.aborted) failed(error);
      return null;
    }
  }
}

/** What is told where the squarer fails. */
export function failure(error: unknown): OfflineEvent {
  const code = error instanceof TouchstoneError ? error.code : null;
  return { type: 'offline.failed', code, message: error instanceof Error ? error.message : String(error) };
}
