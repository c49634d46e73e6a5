import type { Clock } from '../../protocol/clock.js';
import type { OfflineFact } from '../../scoring/facts/timelock.js';
import { nextProbeMs } from './schedule.js';

/** A line that is away for no longer may be any honest line. */
const briefMs = 45_000;
/** So many probes of a card in a row may have come due in brief absences; the next one counts. */
const briefInARow = 2;
/** An outage is noticed by both ends and ended within so long, beside the links that were begun. */
const noticeMs = 30_000;

export interface AbsencesOptions {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly uniform: () => number;
  /** Time of a link of an offline chain, milliseconds. */
  readonly linkMs: number;
  /** Longest standstill of our own between two instants, milliseconds: in it nobody could return. */
  readonly lagBetween: (from: number, to: number) => number;
}

/** An absence that has not ended, for another verifier. Milliseconds since 1970. */
export interface SavedAbsence {
  readonly since: number;
  readonly credited: readonly (readonly [card: number, until: number])[];
}

/** A time in which a device had no line. Monotonic milliseconds. */
export interface Absence {
  readonly since: number;
  readonly until: number;
  /** By card, up to when it was credited; milliseconds since 1970. */
  readonly credited: ReadonlyMap<number, number>;
}

interface OpenAbsence {
  readonly since: number;
  until: number;
  readonly credited: Map<number, number>;
}

/**
 * What came due while the device was away: `moved`, a probe is asked soon after its return; `missed`, it stands in the
 * transcript as unanswered, at `at` in milliseconds since 1970.
 */
export type CameDue =
  | { readonly kind: 'nothing' | 'moved' }
  | { readonly kind: 'missed'; readonly at: number };

/**
 * The times in which devices were away. A Poisson process needs no timer to run on: what came due in such a time is drawn when
 * it is over, and until then nobody knows, as with every probe. Holds one small entry for each device that is away.
 */
export class Absences {
  readonly #options: AbsencesOptions;
  readonly #open = new Map<string, OpenAbsence>();

  constructor(options: AbsencesOptions) {
    this.#options = options;
  }

  /** Goes on with an absence that was not ended: a line that came back for too short a time to show anything. */
  left(device: string): void {
    if (this.#open.has(device)) return;
    const since = this.#options.clock.monotonic();
    this.#open.set(device, { since, until: since, credited: new Map() });
  }

  /** It has a line again. Until `end` it may show its outage. */
  returned(device: string): void {
    const absence = this.#open.get(device);
    if (absence === undefined) return;
    const now = this.#options.clock.monotonic();
    absence.until = Math.max(absence.since, now - this.#options.lagBetween(absence.since, now));
  }

  /** An outage is on record. */
  shown({ device, from, cards }: Pick<OfflineFact, 'device' | 'from' | 'cards'>): void {
    const absence = this.#open.get(device);
    for (const { card, creditedMs } of cards) {
      if (creditedMs > 0) absence?.credited.set(card, from + creditedMs);
    }
  }

  /** The absence of a device that has not ended; null where there is none. */
  saved(device: string): SavedAbsence | null {
    const absence = this.#open.get(device);
    if (absence === undefined) return null;
    return { since: this.#wallTimeOf(absence.since), credited: [...absence.credited] };
  }

  /** One that began at another verifier. */
  restore(device: string, { since, credited }: SavedAbsence): void {
    const { clock } = this.#options;
    const began = Math.min(clock.monotonic(), clock.monotonic() - (clock.now() - since));
    this.#open.set(device, { since: began, until: began, credited: new Map(credited) });
  }

  /** Nothing is to be shown of it any more. Null where there was none. */
  end(device: string): Absence | null {
    const absence = this.#open.get(device) ?? null;
    this.#open.delete(device);
    return absence;
  }

  /**
   * Draws what came due of one card.
   * @param meanMs mean time between its probes
   * @param movedInARow probes of it in a row, up to now, that came due in brief absences
   */
  draw({ since, until, credited }: Absence, card: number, meanMs: number, movedInARow: number): CameDue {
    const awayMs = until - since;
    const wait = () => nextProbeMs(null, meanMs, this.#options.uniform());
    const dueLater = briefMs + wait();
    if (dueLater < awayMs && !this.#isCredited(credited.get(card), since + dueLater)) {
      return { kind: 'missed', at: this.#wallTimeOf(since + dueLater) };
    }
    const dueSoon = wait();
    if (dueSoon >= Math.min(briefMs, awayMs)) return { kind: 'nothing' };
    if (movedInARow < briefInARow || credited.has(card)) return { kind: 'moved' };
    return { kind: 'missed', at: this.#wallTimeOf(since + dueSoon) };
  }

  /** A link that was begun counts nothing, and is no reason to blame a card that solved all others. */
  #isCredited(until: number | undefined, due: number): boolean {
    const roundingMs = 2 * this.#options.linkMs + noticeMs;
    return until !== undefined && this.#wallTimeOf(due) < until + roundingMs;
  }

  #wallTimeOf(monotonic: number): number {
    const { clock } = this.#options;
    return Math.round(clock.now() - (clock.monotonic() - monotonic));
  }
}
