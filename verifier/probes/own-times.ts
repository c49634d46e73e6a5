import type { TablePurpose } from '../../protocol/messages/table.js';
import type { MemoryShape } from '../../protocol/shapes.js';
import type { ProbeFact } from '../../scoring/facts/timelock.js';
import { idleBaselineMs, probeTimeMs } from '../../scoring/judge/probe.js';

/** Passed probes by which a card is held against itself. */
const forDeadline = 20;
const forBaseline = 50;
/** Kinds of tables whose times are kept: whole, ballast, and what there was before the last exam measured anew. */
const kinds = 4;
/** As busy with its tenant's work as this a card counts as idle. */
const idleLoad = 0.1;

/** On what a probe walks: times compare on equal tables only, and on one ballast. */
export interface WalkedTable {
  readonly tableSeed: string;
  readonly purpose: TablePurpose;
  readonly engine: string;
  readonly shape: MemoryShape;
  /** Of the probe. */
  readonly rounds: number;
}

interface Times {
  /** Milliseconds less the line, oldest first. */
  readonly all: number[];
  /** Those of them while nothing else ran on the card, by what its host said. */
  readonly idle: number[];
}

/** How long one card takes for its probes. */
export class OwnTimes {
  /** By kind of table, the one that was used last at the end. */
  readonly #times = new Map<string, Times>();
  /** Lowest baseline on the ballast of this seed. */
  #ballast: { readonly tableSeed: string; readonly lowestMs: number } | null = null;

  /**
   * Takes up what is on record of the table that the card has now. Of earlier tables it does not say how they were made.
   * @param facts of the card, oldest first
   */
  restore(facts: readonly ProbeFact[], table: Omit<WalkedTable, 'rounds'>): void {
    for (const fact of facts) {
      if (fact.tableSeed !== table.tableSeed) continue;
      const walked = { ...table, rounds: fact.rounds };
      this.#keepLowest(walked, fact.baselineMs);
      this.add(walked, fact);
    }
  }

  /** A probe that is over; only a passed one says how long the card takes. */
  add(
    table: WalkedTable,
    {
      outcome,
      elapsedMs,
      roundTripMs,
      load,
    }: Pick<ProbeFact, 'outcome' | 'elapsedMs' | 'roundTripMs' | 'load'>,
  ): void {
    if (outcome !== 'passed' || elapsedMs === null) return;
    const ms = probeTimeMs(elapsedMs, roundTripMs);
    const times = this.#of(table);
    keepLast(times.all, ms, forDeadline);
    if (load === null || load <= idleLoad) keepLast(times.idle, ms, forBaseline);
    this.#keepLowest(table, idleBaselineMs(times.idle));
  }

  /** Oldest first, milliseconds less the line. */
  ownMs(table: WalkedTable): readonly number[] {
    return this.#times.get(kindOf(table))?.all ?? [];
  }

  /**
   * What the card takes while it is idle; null where it has too few probes on such a table. On a ballast it never rises: it is
   * learned before the tenant comes, and a load that stays would else become what is usual.
   */
  baselineMs(table: WalkedTable): number | null {
    const now = idleBaselineMs(this.#times.get(kindOf(table))?.idle ?? []);
    return this.#ballast?.tableSeed === table.tableSeed ? this.#ballast.lowestMs : now;
  }

  #keepLowest({ purpose, tableSeed }: WalkedTable, baselineMs: number | null): void {
    if (purpose !== 'ballast' || baselineMs === null) return;
    const before = this.#ballast?.tableSeed === tableSeed ? this.#ballast.lowestMs : baselineMs;
    this.#ballast = { tableSeed, lowestMs: Math.min(before, baselineMs) };
  }

  #of(table: WalkedTable): Times {
    const kind = kindOf(table);
    const times = this.#times.get(kind) ?? { all: [], idle: [] };
    this.#times.delete(kind);
    this.#times.set(kind, times);
    for (const oldest of this.#times.keys()) {
      if (this.#times.size <= kinds) break;
      this.#times.delete(oldest);
    }
    return times;
  }
}

function keepLast(times: number[], ms: number, most: number): void {
  times.push(ms);
  if (times.length > most) times.shift();
}

/** A ballast is compared with itself alone: each lease has its own, and the load of one must not become the next one's. */
function kindOf({ purpose, tableSeed, engine, shape, rounds }: WalkedTable): string {
  const { n, layers, banks, bankPages, walkers, steps } = shape;
  const table = purpose === 'ballast' ? tableSeed : purpose;
  return [table, engine, n, layers, banks, bankPages, walkers, steps, rounds].join('/');
}
