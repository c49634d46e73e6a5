import type { Logger } from 'pino';
import type { Clock } from '../../protocol/clock.js';
import { limits } from '../../protocol/limits.js';
import type { DeviceStatus } from '../../protocol/status.js';
import type { Catalogue } from '../../scoring/catalogue/catalogue.js';
import { tableBuildMs } from '../../scoring/catalogue/memory-shape.js';
import type { DeviceState, Devices } from '../devices/devices.js';
import type { ExamHistory } from '../devices/histories.js';
import { judgedExam } from '../devices/proven.js';
import { examinedCards } from '../exams/examined-cards.js';
import type { Resident } from './resident.js';
import type { TableOrder, TableOrders } from './table-orders.js';

/** A table is the dearest thing that a card is asked for: not again within this time, and after each try twice as long. */
const firstPauseMs = 10 * 60_000;
const longestPauseMs = 6 * 3600_000;
/** As for the tables of exams: so many times what the build should take. */
const buildTimes = 3;

export interface LostTablesOptions {
  readonly devices: Pick<Devices, 'get' | 'history'>;
  readonly catalogue: Catalogue;
  readonly orders: Pick<TableOrders, 'order'>;
  /** The lease of the device that is not over, from its hand-over on. */
  readonly leaseOf: (device: string) => string | null;
  readonly clock: Clock;
  readonly times: { readonly examSeconds: number; readonly armMs: number };
  readonly log: Pick<Logger, 'error'>;
}

interface Lost {
  /** The last table that was lost. */
  table: Resident | null;
  /** Of the last order; null before the first. */
  orderedAt: number | null;
  tries: number;
}

/** Whether cards of a device of this status keep tables and are probed. */
export const keepsTables = (status: DeviceStatus): boolean => status === 'verified' || status === 'suspended';

/**
 * Orders tables anew that cards should have and don't: a whole one; while there is a lease only a ballast, as the memory
 * is the tenant's.
 */
export class LostTables {
  readonly #options: LostTablesOptions;
  readonly #lost = new Map<string, Map<number, Lost>>();

  constructor(options: LostTablesOptions) {
    this.#options = options;
  }

  /** The card said that this table is gone. */
  lost(device: string, table: Resident): void {
    this.#of(device, table.card).table = table;
  }

  /** The device is at home elsewhere. */
  forget(device: string): void {
    this.#lost.delete(device);
  }

  /** The card walked on its table: what it lost before is forgotten. */
  kept(device: string, card: number): void {
    this.#lost.get(device)?.delete(card);
  }

  /**
   * Has the table of a card made again, unless the card is owed none or that was tried a short while ago.
   * @returns whether it has a table now; never rejects
   */
  async replace(device: string, card: number): Promise<boolean> {
    const { orders, clock, log } = this.#options;
    const lost = this.#of(device, card);
    const now = clock.now();
    const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** Math.max(0, lost.tries - 1));
    if (lost.orderedAt !== null && now - lost.orderedAt < pauseMs) return false;
    try {
      const order = await this.#orderFor(device, card, lost.table);
      if (order === null) return false;
      lost.orderedAt = now;
      lost.tries += 1;
      const made = await orders.order(device, [order]);
      return (made.get(card) ?? null) !== null;
    } catch (error) {
      log.error({ err: error, device, card }, 'a lost table could not be ordered');
      return false;
    }
  }

  async #orderFor(device: string, card: number, lost: Resident | null): Promise<TableOrder | null> {
    const { devices, leaseOf } = this.#options;
    const history = await devices.history(device);
    const state = devices.get(device);
    if (state === undefined || !keepsTables(state.status)) return null;
    const lease = leaseOf(device);
    const claim = state.enrolment.cards[card];
    if (claim === undefined) return null;
    if (lease !== null) {
      return lost?.purpose === 'ballast' ? this.#ballast(state, card, lost, lease, history) : null;
    }
    // A card that failed its exam shows nothing by another table: the next exam comes by itself.
    const proven = judgedExam(history, claim, card);
    if (proven?.outcome !== 'passed' || proven.memory == null) return null;
    const memory = this.#examined(state, card, history)?.memory;
    if (memory == null) return null;
    return { card, shape: memory.shape, purpose: 'whole', lease: null, withinMs: memory.armMs };
  }

  #ballast(
    state: DeviceState,
    card: number,
    { shape }: Resident,
    lease: string,
    history: ExamHistory,
  ): TableOrder | null {
    const examined = this.#examined(state, card, history);
    if (examined === undefined) return null;
    const { cardClass, claim } = examined;
    const buildMs = this.#options.times.armMs + buildTimes * tableBuildMs(cardClass, claim, shape);
    return { card, shape, purpose: 'ballast', lease, withinMs: Math.ceil(Math.min(buildMs, limits.buildMs)) };
  }

  #examined(state: DeviceState, card: number, history: ExamHistory) {
    const { catalogue, times } = this.#options;
    return examinedCards(catalogue, state, times, history).find((one) => one.card === card);
  }

  #of(device: string, card: number): Lost {
    const cards = this.#lost.get(device) ?? new Map<number, Lost>();
    this.#lost.set(device, cards);
    const lost = cards.get(card) ?? { table: null, orderedAt: null, tries: 0 };
    cards.set(card, lost);
    return lost;
  }
}
