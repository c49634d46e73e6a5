import type { Squarer } from '../../challenges/engines/squarer.js';
import { sameBytes, toHex } from '../../protocol/bytes.js';
import type { Clock } from '../../protocol/clock.js';
import type {
  OfflineChain,
  OfflineMessage,
  OfflineOpen,
  OfflineReport,
  OfflineTrial,
  OfflineVerdict,
} from '../../protocol/messages/offline.js';
import type { ResidentWalks } from '../exam/resident-walks.js';
import { type Chain, readChain } from './chain.js';
import { ChainSolver } from './chain-solver.js';
import type { OfflineEvent } from './events.js';
import { Openings } from './openings.js';
import { SolvedLinks } from './solved-links.js';
import { Trials } from './trials.js';

/**
 * Two outages with a line between them that lived no longer are one to the verifier, and one chain goes through both. It
 * allows for more: it may still have heard us when we heard nothing any more.
 */
const briefMs = 20_000;

export interface OfflineRunnerOptions {
  /** Stays open. */
  readonly squarer: Squarer;
  readonly walks: ResidentWalks;
  /** Sends to the verifier, or drops the message where no connection is. */
  readonly send: (message: OfflineMessage) => void;
  readonly events: (event: OfflineEvent) => void;
  readonly clock: Clock;
}

/**
 * The agent's side of outages (docs/protocol.md section 4): holds the newest chain, solves it only while the line is down,
 * and shows afterwards what it solved. Outlives connections. Holds at most two chains: the one that was reported and
 * the one that is solved.
 */
export class OfflineRunner {
  readonly #options: OfflineRunnerOptions;
  readonly #solver: ChainSolver;
  readonly #trials: Trials;
  readonly #openings: Openings;
  #up = false;
  #upSince = 0;
  #downSince = 0;
  /** The newest chain; null before the first and after the verdict on it. */
  #held: Chain | null = null;
  /** What is solved of the chain that was held at the last outage. */
  #solved: SolvedLinks | null = null;
  /** Told again on each connection until the verdict, or until a newer outage has something to tell. */
  #reported: { readonly solved: SolvedLinks; readonly message: OfflineReport } | null = null;

  constructor(options: OfflineRunnerOptions) {
    this.#options = options;
    this.#solver = new ChainSolver(options);
    this.#trials = new Trials(options);
    this.#openings = new Openings(options);
  }

  /** Takes one message. Returns at once and never throws; answers follow as they are found. */
  handle(message: OfflineTrial | OfflineChain | OfflineOpen | OfflineVerdict): void {
    if (message.type === 'offline.chain') this.#hold(message);
    else if (message.type === 'offline.verdict') this.#settle(message);
    else if (message.type === 'offline.open') this.#open(message);
    else if (this.#up) this.#trials.ask(message);
  }

  /**
   * The line is lost, or silent for too long. Said again, it changes nothing.
   * @param silentMs for so long nothing has come over it any more
   */
  lineDown(silentMs = 0): void {
    if (!this.#up) return;
    this.#up = false;
    this.#downSince = this.#options.clock.monotonic() - silentMs;
    void this.#trials.stop();
    if (this.#downSince - this.#upSince > briefMs) this.#leaveReported();
    const chain = this.#held;
    if (chain === null || chain.cards.length === 0) {
      this.#solved = null;
      return;
    }
    // The same one where no newer chain came since the last outage: it goes on from where it stands.
    if (!isOf(this.#solved, chain)) this.#solved = new SolvedLinks(chain);
    const solved = this.#solved as SolvedLinks;
    if (solved.count === chain.links) return;
    this.#options.events({ type: 'offline.began', link: solved.count + 1, links: chain.links });
    this.#solver.start(solved);
  }

  /** Something came again on a line that was silent: nobody has missed anything, and nothing is reported. */
  lineHeard(): void {
    this.#up = true;
    void this.#solver.stop();
  }

  /** The verifier refused a message. It knows nothing of a chain that it refuses so, and would refuse it for ever. */
  refused(code: string): void {
    if (code !== 'offline.token-unknown' && code !== 'offline.wrong-key') return;
    if (this.#reported) this.#forget(toHex(this.#reported.solved.chain.seed));
  }

  /** A new connection is open. What was solved, or has had no verdict yet, is reported on it. */
  lineUp(): void {
    const { clock, send, events } = this.#options;
    this.lineHeard();
    this.#upSince = clock.monotonic();
    this.#openings.forget();
    const solved = this.#solved;
    if (solved && solved.count > 0) this.#reported = { solved, message: solved.report() };
    if (!this.#reported) return;
    const { message } = this.#reported;
    send(message);
    const downMs = clock.monotonic() - this.#downSince;
    events({ type: 'offline.reported', links: message.links, downMs });
  }

  /** Stops. Resolves when the squarer is free. */
  async close(): Promise<void> {
    this.#up = false;
    this.#held = null;
    this.#openings.forget();
    await Promise.all([this.#solver.stop(), this.#trials.stop()]);
  }

  #hold(message: OfflineChain): void {
    const chain = readChain(message);
    if (chain) this.#held = chain;
    else {
      const text = 'The verifier sent a chain that can not be worked with.';
      this.#options.events({ type: 'offline.failed', code: null, message: text });
    }
  }

  /** What was reported stays as it is: links that are added now would be of another outage. */
  #leaveReported(): void {
    if (this.#held && isOf(this.#reported?.solved ?? null, this.#held)) this.#held = null;
  }

  #open(message: OfflineOpen): void {
    const reported = this.#reported;
    if (reported === null || toHex(reported.solved.chain.seed) !== message.seed) return;
    this.#openings.ask(reported.solved, reported.message.links, message);
  }

  #settle(verdict: OfflineVerdict): void {
    this.#options.events(verdict);
    // It was not checked, and no fault of ours: it is told again on the next connection.
    if (verdict.code === 'offline.ours') return;
    // A chain counts once. Until the next one comes, nothing is held.
    this.#forget(verdict.seed);
  }

  #forget(seed: string): void {
    const over = (chain: Chain | undefined): boolean => chain !== undefined && toHex(chain.seed) === seed;
    if (over(this.#reported?.solved.chain)) this.#reported = null;
    if (over(this.#solved?.chain)) this.#solved = null;
    if (over(this.#held ?? undefined)) this.#held = null;
  }
}

function isOf(solved: SolvedLinks | null, chain: Chain): boolean {
  return solved !== null && sameBytes(solved.chain.seed, chain.seed);
}
