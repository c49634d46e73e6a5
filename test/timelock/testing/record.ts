import type { Fact } from '../../../scoring/facts/facts.js';
import type { OfflineFact, ProbeFact, SquaringFact } from '../../../scoring/facts/timelock.js';
import type { ProvingEntry } from '../../../scoring/formula/v1/lease/proven.js';
import { creditedMinutes } from '../../../scoring/queries/credited-minutes.js';
import { entryOf } from '../../../verifier/leases/receipt-entry.js';

const minute = 60_000;

/** The record of one device, as the queries read it. Outlives verifiers. */
export class HourRecord {
  readonly facts: Fact[] = [];
  /** It takes nothing at present. */
  away = false;

  readonly record = async (facts: readonly Fact[]): Promise<void> => {
    if (this.away) throw new Error('the journal takes nothing');
    this.facts.push(...facts);
  };

  get probes(): ProbeFact[] {
    return this.facts.filter((fact) => fact.kind === 'probe.finished');
  }

  get outages(): OfflineFact[] {
    return this.facts.filter((fact) => fact.kind === 'offline.shown');
  }

  get bestRate(): number | null {
    const rates = this.facts.filter((fact): fact is SquaringFact => fact.kind === 'squaring.measured');
    return rates.length === 0 ? null : Math.max(...rates.map(({ squaringsPerSecond }) => squaringsPerSecond));
  }

  creditedSince(since: number): number {
    const credited = this.outages.filter(({ at }) => at >= since);
    return credited.reduce((sum, { cards }) => sum + Math.max(0, ...cards.map((card) => card.creditedMs)), 0);
  }

  get lastMinuteSeen(): number | null {
    return Math.max(...this.seenMinutes(), ...this.creditedMinutes(0), -1);
  }

  /** Minutes since 1970 in which the device was seen. */
  seenMinutes(): number[] {
    return this.facts.flatMap((fact) => (fact.kind === 'presence' ? [Math.floor(fact.at / minute)] : []));
  }

  creditedMinutes(card: number): number[] {
    return this.outages.flatMap(({ from, cards }) =>
      cards.filter((one) => one.card === card).flatMap(({ creditedMs }) => creditedMinutes(from, creditedMs)),
    );
  }

  /** How many whole minutes between two instants count as up, of a card. */
  upMinutes(card: number, from: number, to: number): number {
    const up = new Set([...this.seenMinutes(), ...this.creditedMinutes(card)]);
    return [...up].filter((one) => one * minute >= from && (one + 1) * minute <= to).length;
  }

  /** What a card's transcripts hold, in the order in which it went on record. */
  entriesOf(card: number): (ProvingEntry & {
    readonly transcript: string;
    readonly index: number;
    readonly root: string;
    readonly tag: string;
  })[] {
    return [...this.facts].flatMap((fact) => {
      if (fact.kind !== 'probe.finished' && fact.kind !== 'offline.shown') return [];
      const transcript =
        fact.kind === 'probe.finished'
          ? fact.transcript
          : (fact.cards.find((one) => one.card === card)?.entry?.transcript ?? null);
      if (transcript === null) return [];
      return entryOf(fact, card, transcript).map((entry) => ({ ...entry, transcript }));
    });
  }

  head(card: number, transcript: string): { index: number; tag: string } | null {
    return this.entriesOf(card).findLast((entry) => entry.transcript === transcript) ?? null;
  }
}
