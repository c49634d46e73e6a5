import type { Clock } from '../../protocol/clock.js';
import type { ExamFact } from '../../scoring/facts/facts.js';
import type { TableFact } from '../../scoring/facts/timelock.js';
import type { ExamHistory } from '../devices/histories.js';
import type { Saved } from '../state/saved.js';
import { type Resident, residentOfExam, residentsOnRecord } from './resident.js';

/**
 * Why a table may not be there although the card did nothing wrong. `ours`: it is known from the record only, and an exam that
 * we broke off may have ended it. `line`: the device was away when its exam was over and may not have heard that it passed.
 */
export type Doubt = 'ours' | 'line';

export interface ResidentsOptions {
  readonly history: (device: string) => Promise<ExamHistory>;
  /** The newest table of each card that was made outside an exam. */
  readonly tables: (device: string) => Promise<readonly TableFact[]>;
  readonly clock: Pick<Clock, 'now'>;
  /** Where it stands for other verifiers; nowhere where there are none. */
  readonly saved?: Saved<SavedTables>;
}

/** What a verifier knew of a device's tables. By card; null where it has none. */
export interface SavedTables {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly kept: readonly (readonly [card: number, kept: Kept | null])[];
}

export interface Kept {
  readonly table: Resident;
  readonly doubt: Doubt | null;
}

/** Which table each card keeps, as far as the verifier knows. Restored from the record when a device is first asked for. */
export class Residents {
  readonly #options: ResidentsOptions;
  /** By card; null where it is known that there is none. */
  readonly #kept = new Map<string, Map<number, Kept | null>>();
  readonly #restored = new Set<string>();
  readonly #restoring = new Map<string, Promise<void>>();

  constructor(options: ResidentsOptions) {
    this.#options = options;
  }

  /** All of a device, ascending by card. @throws the record's errors; the next call reads it again */
  async of(device: string): Promise<readonly Resident[]> {
    await this.#restore(device);
    return [...(this.#kept.get(device)?.values() ?? [])]
      .flatMap((kept) => kept?.table ?? [])
      .sort((a, b) => a.card - b.card);
  }

  /** As far as it was restored: ask `of` first. */
  get(device: string, card: number): Resident | undefined {
    return this.#kept.get(device)?.get(card)?.table;
  }

  doubt(device: string, card: number): Doubt | null {
    return this.#kept.get(device)?.get(card)?.doubt ?? null;
  }

  set(device: string, table: Resident): void {
    this.#cardsOf(device).set(table.card, { table, doubt: null });
    this.#save(device);
  }

  drop(device: string, card: number): void {
    this.#cardsOf(device).set(card, null);
    this.#save(device);
  }

  /** The card has shown that this table is there. */
  shown(device: string, card: number, tableSeed: string): void {
    const table = this.get(device, card);
    if (table?.tableSeed === tableSeed) this.set(device, table);
  }

  /**
   * An exam is over: it has ended all tables of the device, and left those of the cards that passed.
   * @param told whether the device was there to hear it
   */
  concluded(device: string, facts: readonly ExamFact[], told: boolean): void {
    const tables = facts.flatMap((fact) => residentOfExam(fact) ?? []);
    const doubt = told ? null : 'line';
    this.#kept.set(device, new Map(tables.map((table) => [table.card, { table, doubt }])));
    this.#restored.add(device);
    this.#save(device);
  }

  /** The device goes to another verifier: what is known of it stands in the hot state, and is forgotten here. */
  async leave(device: string): Promise<void> {
    await this.#options.saved?.flush(device);
    this.forget(device);
  }

  /** The device may be at home elsewhere. */
  forget(device: string): void {
    this.#kept.delete(device);
    this.#restored.delete(device);
    this.#restoring.delete(device);
    this.#options.saved?.forget(device);
  }

  #save(device: string): void {
    // Half of what is known would be taken for all of it.
    if (!this.#restored.has(device)) return;
    const kept = [...this.#cardsOf(device)];
    this.#options.saved?.put(device, { at: this.#options.clock.now(), kept });
  }

  #cardsOf(device: string): Map<number, Kept | null> {
    const cards = this.#kept.get(device) ?? new Map<number, Kept | null>();
    this.#kept.set(device, cards);
    return cards;
  }

  #restore(device: string): Promise<void> {
    if (this.#restored.has(device)) return Promise.resolve();
    const running = this.#restoring.get(device);
    if (running !== undefined) return running;
    const restoring = this.#read(device).finally(() => this.#restoring.delete(device));
    this.#restoring.set(device, restoring);
    return restoring;
  }

  async #read(device: string): Promise<void> {
    const { history, tables, saved } = this.#options;
    const found = residentsOnRecord(await history(device), await tables(device));
    const known = (await saved?.get(device)) ?? null;
    // What happened meanwhile is newer than what was read.
    if (this.#restored.has(device)) return;
    const cards = this.#cardsOf(device);
    const here = new Map(cards);
    for (const table of found) cards.set(table.card, { table, doubt: 'ours' });
    for (const [card, kept] of known?.kept ?? []) {
      const since = cards.get(card)?.table.since ?? 0;
      // A lost ballast is asked for all the same: who gave its memory away would be asked no more.
      const ballast = kept === null && cards.get(card)?.table.purpose === 'ballast';
      // A verifier may have ended after the record took a table and before it said so.
      if (known !== null && known.at >= since && !ballast) cards.set(card, kept);
    }
    for (const [card, kept] of here) cards.set(card, kept);
    this.#restored.add(device);
    this.#save(device);
  }
}
