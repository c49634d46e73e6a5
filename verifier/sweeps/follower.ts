import type { Logger } from 'pino';
import type { RandomBytes } from '../../protocol/clock.js';
import type { SweepKind } from '../../protocol/messages/sweep.js';
import { randomSeeds } from '../exams/seeds.js';
import type { Candidates, SweepBoard, SweepNews } from './board.js';
import type { Chains } from './chains.js';
import { LocalSweep, type LocalSweepOptions } from './local-sweep.js';
import { SweepSeeds } from './seeds.js';

export interface FollowerOptions extends LocalSweepOptions {
  readonly board: SweepBoard;
  readonly chains: Pick<Chains, 'preimage'>;
  readonly random: RandomBytes;
  /** Devices that are at home and connected here, with the number of cards that would be examined; those that could be asked now. */
  readonly candidates: (sweepKind: SweepKind) => Candidates;
  /** Whether a device is at home and connected here. */
  readonly isHere: (device: string) => boolean;
  readonly log: Pick<Logger, 'warn'>;
}

/** Sweeps that are remembered, so that one is joined once however often it is called. */
const remembered = 64;

/** What every verifier does for the sweeps that some verifier leads, its own among them. */
export class Follower {
  readonly #options: FollowerOptions;
  readonly #running = new Map<string, LocalSweep>();
  readonly #polled = new Set<string>();
  readonly #called = new Set<string>();
  #unsubscribe: () => Promise<void> = async () => {};

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** @throws what the hot state throws */
  async start(): Promise<void> {
    this.#unsubscribe = await this.#options.board.hear((news) => {
      this.#take(news).catch((error) =>
        this.#options.log.warn({ err: error, ...news }, 'a word about a sweep could not be followed'),
      );
    });
  }

  /** Sweeps that members here are in. */
  get running(): number {
    return this.#running.size;
  }

  async close(): Promise<void> {
    for (const sweep of this.#running.values()) sweep.close();
    await this.#unsubscribe().catch(() => {});
  }

  async #take({ about, sweep }: SweepNews): Promise<void> {
    if (about === 'release') this.#running.get(sweep)?.look();
    if (about === 'poll' && isNew(this.#polled, sweep)) await this.#answerPoll(sweep);
    if (about === 'call' && isNew(this.#called, sweep)) await this.#join(sweep);
  }

  async #answerPoll(sweep: string): Promise<void> {
    const { board, self, candidates } = this.#options;
    const poll = await board.poll(sweep).get();
    if (poll !== null) await board.candidates(sweep).put(self, candidates(poll.sweepKind));
  }

  async #join(sweep: string): Promise<void> {
    const { board, chains, random, isHere } = this.#options;
    const call = await board.call(sweep).get();
    if (call === null) return;
    const preimage = chains.preimage(call.chain, call.length, call.index);
    const seeds = new SweepSeeds(preimage, call.beacon, randomSeeds(random));
    const local = new LocalSweep(this.#options, sweep, call, seeds);
    this.#running.set(sweep, local);
    await local.run(call.members.filter(isHere));
    this.#running.delete(sweep);
  }
}

function isNew(known: Set<string>, sweep: string): boolean {
  if (known.has(sweep)) return false;
  known.add(sweep);
  for (const oldest of known) {
    if (known.size <= remembered) break;
    known.delete(oldest);
  }
  return true;
}
