import type { Clock, RandomBytes } from '../../protocol/clock.js';
import type { OfflineReasonCode } from '../../protocol/codes/table.js';
import { newFactId } from '../../protocol/ids.js';
import type { OfflineFact, SquaringFact } from '../../scoring/facts/timelock.js';
import { type CheckedCard, type Checkers, checkShown } from './check.js';
import { creditOf, creditRate, fastestRate, timeOf } from './credit.js';
import { type CreditedCard, codeOf, offlineFact, squaringFact, uncredited } from './offline-fact.js';
import type { Outage } from './outages.js';
import { patiently } from './patience.js';
import type { Rates } from './rates.js';
import { faultOf, type Reported } from './reported.js';
import { type Ask, type ChainTable, type ShownCard, showCards } from './shown.js';
import type { Mac } from './token.js';

const monthMs = 30 * 24 * 3600_000;
/** Our sign of life of a minute is in the record so long after the minute. */
const heartbeatMs = 10_000;

/**
 * One outage makes a device so many times as fast as it was known to be, at most: where our clock was set back meanwhile every
 * chain looks fast, and the rate would lower what the device is credited for a month.
 */
const raiseAtMost = 4;

export interface JudgeOptions extends Checkers {
  readonly clock: Pick<Clock, 'now'>;
  readonly random: RandomBytes;
  readonly mac: Mac;
  readonly tablesOf: (device: string) => Promise<readonly ChainTable[]>;
  readonly rates: Rates;
  /** Milliseconds that were credited to a device since then. */
  readonly creditedSince: (device: string, since: number) => Promise<number>;
  /** When no verifier was in service, in order. */
  readonly oursBetween: (
    from: number,
    to: number,
  ) => Promise<readonly { readonly from: number; readonly to: number }[]>;
  readonly settings: {
    readonly chainEveryMs: number;
    /** Within 30 days. */
    readonly outageCreditMs: number;
    /** Walkers opened of a card. */
    readonly probeOpenings: number;
  };
}

/** What comes of a report. */
export interface Judged {
  readonly code: OfflineReasonCode;
  readonly cards: readonly CreditedCard[];
  readonly rate: number;
  /** Its links were made faster than the device ever squared before. */
  readonly faster: SquaringFact | null;
  /** False where it says nothing that is worth keeping. */
  readonly recorded: boolean;
}

/** Judges reports, from cheap to dear: a device that reports anything at any time makes us compute little. */
export class Judge {
  readonly #options: JudgeOptions;

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  /** @throws by our own fault only */
  async judge(
    reported: Reported,
    { ask, signal }: { readonly ask: Ask; readonly signal: AbortSignal },
  ): Promise<Judged | 'gone'> {
    const { rates, settings, tablesOf, mac } = this.#options;
    const best = await rates.of(reported.device);
    const fault = faultOf(reported, creditRate(best), settings.chainEveryMs);
    if (fault !== null) return refused(reported, creditRate(best), fault);
    const tables = await tablesOf(reported.device);
    const shown = await showCards(reported, tables, ask, { mac, count: settings.probeOpenings });
    if (shown === 'gone') return 'gone';
    if (typeof shown === 'string') return refused(reported, creditRate(best), shown);
    return this.#check(reported, shown, best, signal);
  }

  async #check(
    reported: Reported,
    shown: readonly ShownCard[],
    best: number | null,
    signal: AbortSignal,
  ): Promise<Judged> {
    const { solve, checkWalk, clock, creditedSince, settings } = this.#options;
    const { device, chain, report, outage, reportedAt } = reported;
    const rate = creditRate(best);
    const longest = Math.max(...(await this.#ownStretches(outage)));
    if (longest < timeOf(chain.squarings, rate)) return refused(reported, rate, 'offline.too-short');
    const leftMs = settings.outageCreditMs - (await creditedSince(device, clock.now() - monthMs));
    if (leftMs <= 0) return refused(reported, rate, 'offline.capped');
    const checked = await checkShown(reported, shown, {
      solve: (job) => patiently(() => solve(job), signal),
      checkWalk: (walk) => patiently(() => checkWalk(walk), signal),
    });
    if (typeof checked === 'string') return refused(reported, rate, checked);
    // Every link was made after the chain was handed out: who needed less time for them than ever is that fast.
    const work = report.links * chain.squarings;
    const elapsedMs = reportedAt - chain.issuedAt;
    const shownRate = (work / elapsedMs) * 1000;
    const isFaster = shownRate > rate && shownRate <= fastestRate;
    const by = isFaster ? shownRate : rate;
    const learned = Math.min(shownRate, raiseAtMost * rate);
    const faster = isFaster ? this.#faster(device, work, elapsedMs, learned) : null;
    const cards = checked.map((card) => this.#credit(reported, card, by, leftMs));
    return { code: codeOf(cards), cards, rate: by, faster, recorded: true };
  }

  #credit(reported: Reported, card: CheckedCard, rate: number, leftMs: number): CreditedCard {
    const nothing = uncredited(reported, card, card.code);
    if (card.code !== 'offline.credited') return nothing;
    const { chain, outage } = reported;
    const claim = { outageMs: outage.to - outage.from, links: card.walked, squarings: chain.squarings };
    return { ...nothing, ...creditOf({ ...claim, rate, leftMs }) };
  }

  #faster(device: string, squarings: number, elapsedMs: number, rate: number): SquaringFact {
    const { clock, random } = this.#options;
    const ids = { id: newFactId(random), at: clock.now(), device };
    return squaringFact(ids, squarings, elapsedMs, null, rate);
  }

  /** Stretches of an outage in which we were there to miss the device, milliseconds: ours is nobody's. */
  async #ownStretches({ from, to }: Outage): Promise<number[]> {
    const { clock, oursBetween } = this.#options;
    const ours = await oursBetween(from, Math.min(to, clock.now() - heartbeatMs));
    const begins = [from, ...ours.map((one) => one.to)];
    const ends = [...ours.map((one) => one.from), to];
    return begins.map((begin, at) => (ends[at] as number) - begin);
  }

  /** What goes on record. */
  factsOf(
    reported: Reported,
    judged: Judged,
    cards: readonly CreditedCard[],
  ): (OfflineFact | SquaringFact)[] {
    if (!judged.recorded) return [];
    const { clock, random } = this.#options;
    const ids = { id: newFactId(random), at: clock.now() };
    const fact = offlineFact(ids, reported, judged.rate, judged.code, cards);
    return judged.faster === null ? [fact] : [fact, judged.faster];
  }
}

/** Nothing is credited to any card. What is too short to count is not kept: it may come every second. */
function refused(reported: Reported, rate: number, code: OfflineReasonCode): Judged {
  const cards = reported.chain.cards.map((card) => uncredited(reported, card, code));
  return { code, cards, rate, faster: null, recorded: code !== 'offline.too-short' };
}
