import type { ExamFact } from '../../scoring/facts/facts.js';
import type { TableFact } from '../../scoring/facts/timelock.js';
import type { ExamHistory } from '../devices/devices.js';
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
}

interface Kept {
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
  }

  drop(device: string, card: number): void {
    this.#cardsOf(device).set(card, null);
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
    const { history, tables } = this.#options;
    const found = residentsOnRecord(await history(device), await tables(device));
    // What happened meanwhile is newer than what was read.
    if (this.#restored.has(device)) return;
    const cards = this.#cardsOf(device);
    for (const table of found) if (!cards.has(table.card)) cards.set(table.card, { table, doubt: 'ours' });
    this.#restored.add(device);
  }
}
