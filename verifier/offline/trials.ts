import type { Logger } from 'pino';
import { fromHex, toBase64, toHex } from '../../protocol/bytes.js';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import { newFactId } from '../../protocol/ids.js';
import { withoutLine } from '../../protocol/line.js';
import type { OfflineMessage } from '../../protocol/messages/offline.js';
import type { Hub } from '../connections/hub.js';
import type { Recorder } from '../devices/recorder.js';
import type { ChainJob, SolvedJob } from './chain-job.js';
import { creditRate, fastestRate } from './credit.js';
import { squaringFact } from './offline-fact.js';
import type { Rates } from './rates.js';

/** A trial is about so long on a device of its known rate. */
const trialSeconds = 1;
/** Squarings of the first trial: some tenths of a second of a fast program, seconds of a slow one. */
const firstSquarings = 500_000;
const withinMs = 30_000;
/** Who did not answer, or can't square at all, is asked again after so long. */
const retryMs = 10 * 60_000;

export interface TrialsOptions {
  readonly hub: Pick<Hub, 'get' | 'send'>;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly rates: Rates;
  /** 256 bytes. */
  readonly modulus: Uint8Array;
  readonly solve: (job: ChainJob) => Promise<SolvedJob>;
  readonly log: Pick<Logger, 'warn'>;
}

type Solved = Extract<OfflineMessage, { type: 'offline.solved' }>;

interface Trial {
  readonly seed: string;
  readonly squarings: number;
  /** Monotonic milliseconds. */
  readonly sentAt: number;
}

/** Finds out how fast devices square: one trial a device at a time, timed by us. */
export class Trials {
  readonly #options: TrialsOptions;
  readonly #open = new Map<string, Trial>();
  /** When a device was asked last on its present connection, monotonic milliseconds. */
  readonly #askedAt = new Map<string, number>();

  constructor(options: TrialsOptions) {
    this.#options = options;
  }

  /** Asks now, in the place of what was asked before. @throws what reading the record throws */
  async ask(device: string): Promise<void> {
    const { hub, clock, random, rates, modulus } = this.#options;
    this.#askedAt.set(device, clock.monotonic());
    const rate = await rates.of(device);
    const squarings = rate === null ? firstSquarings : Math.round(creditRate(rate) * trialSeconds);
    const seed = toHex(random(32));
    this.#open.set(device, { seed, squarings, sentAt: clock.monotonic() });
    const about = { modulus: toBase64(modulus), seed, squarings, withinMs };
    if (!hub.send(device, { type: 'offline.trial', ...about })) this.gone(device);
  }

  /** As `ask`, but not where the last one was a short while ago. */
  async askAgain(device: string): Promise<void> {
    const askedAt = this.#askedAt.get(device);
    if (askedAt === undefined || this.#options.clock.monotonic() - askedAt >= retryMs) await this.ask(device);
  }

  /**
   * @param at monotonic milliseconds of the arrival
   * @returns the code with which the answer is refused, or null
   */
  receive(device: string, { seed, key }: Solved, at: number): 'offline.not-asked' | null {
    const trial = this.#open.get(device);
    if (trial === undefined || trial.seed !== seed || at - trial.sentAt > withinMs)
      return 'offline.not-asked';
    this.#open.delete(device);
    const roundTripMs = this.#options.hub.get(device)?.roundTripMs ?? null;
    this.#measure(device, trial, key, at - trial.sentAt, roundTripMs).catch((error) =>
      this.#options.log.warn({ err: error, device }, 'a trial could not be checked'),
    );
    return null;
  }

  /** Its line is gone: what was asked on it says nothing. */
  gone(device: string): void {
    this.#open.delete(device);
    this.#askedAt.delete(device);
  }

  async #measure(
    device: string,
    { seed, squarings }: Trial,
    key: string,
    elapsedMs: number,
    roundTripMs: number | null,
  ): Promise<void> {
    const { clock, random, recorder, rates, solve } = this.#options;
    const job = { seed: fromHex(seed), squarings, links: 1, cards: [], wanted: [] };
    // A wrong answer shows no rate, and a device without one is given no chain.
    if (toHex((await solve(job)).key) !== key) return;
    const rate = (squarings / withoutLine(elapsedMs, roundTripMs)) * 1000;
    // Nothing is that fast: a clock of ours went wrong, and a rate can only rise.
    if (rate > fastestRate) return;
    const ids = { id: newFactId(random), at: clock.now(), device };
    await recorder.record([squaringFact(ids, squarings, elapsedMs, roundTripMs, rate)]);
    rates.learned(device, rate);
  }
}
