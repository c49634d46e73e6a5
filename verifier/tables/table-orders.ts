import type { Logger } from 'pino';
import { toHex } from '../../protocol/bytes.js';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import type { Code } from '../../protocol/codes/table.js';
import { newFactId } from '../../protocol/ids.js';
import type { TableMessage, TablePurpose } from '../../protocol/messages/table.js';
import type { MemoryShape } from '../../protocol/shapes.js';
import type { TableFact } from '../../scoring/facts/timelock.js';
import type { Desk } from '../connections/desk.js';
import type { Hub } from '../connections/hub.js';
import type { Devices } from '../devices/devices.js';
import type { Recorder } from '../devices/recorder.js';
import { provenBandwidth, type Resident, residentOfTable } from './resident.js';
import type { Residents } from './residents.js';

/** A table that a card shall make in the place of the one that it has. */
export interface TableOrder {
  readonly card: number;
  readonly shape: MemoryShape;
  readonly purpose: TablePurpose;
  /** What a ballast is for. */
  readonly lease: string | null;
  readonly withinMs: number;
}

export interface TableOrdersOptions {
  readonly hub: Pick<Hub, 'get' | 'send'>;
  readonly devices: Pick<Devices, 'get' | 'history'>;
  readonly residents: Residents;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Told of each table that stands. */
  readonly observe: (fact: TableFact) => void;
  readonly log: Pick<Logger, 'warn' | 'error'>;
}

interface OpenOrder {
  readonly order: TableOrder;
  readonly tableSeed: string;
  /** Monotonic milliseconds. */
  readonly at: number;
  readonly timer: NodeJS.Timeout;
  /** The card has answered, and its answer goes on record. */
  answered: boolean;
  readonly end: (table: Resident | null) => void;
}

/** Orders tables of cards outside exams. One order a card: a newer one takes the place of an older one. */
export class TableOrders implements Desk<TableMessage> {
  readonly #options: TableOrdersOptions;
  readonly #open = new Map<string, Map<number, OpenOrder>>();
  #closed = false;

  constructor(options: TableOrdersOptions) {
    this.#options = options;
  }

  /** Whether some card of the device makes a table at present. */
  busy(device: string): boolean {
    return (this.#open.get(device)?.size ?? 0) > 0;
  }

  /**
   * Resolves when every order has ended: by card the table that stands, on record; null where the device is not connected, its
   * line broke, the card could not or not in time, an exam began, or we could not record it. Never rejects.
   */
  async order(device: string, orders: readonly TableOrder[]): Promise<ReadonlyMap<number, Resident | null>> {
    const { residents, log } = this.#options;
    try {
      // What is on record must not come back over what is ordered now.
      await residents.of(device);
    } catch (error) {
      log.error({ err: error, device }, 'no table could be ordered');
      return new Map(orders.map(({ card }) => [card, null]));
    }
    const made = orders.map(async (order) => [order.card, await this.#order(device, order)] as const);
    return new Map(await Promise.all(made));
  }

  /** An exam of the device is over: whatever was ordered before it is gone. */
  cancel(device: string): void {
    for (const { end } of [...(this.#open.get(device)?.values() ?? [])]) end(null);
  }

  connected(_device: string): void {}

  disconnected(device: string): void {
    this.cancel(device);
  }

  receive(device: string, message: TableMessage, at: number): Code | null {
    const open = this.#open.get(device)?.get(message.card);
    if (open === undefined || open.answered || open.tableSeed !== message.tableSeed)
      return 'table.not-ordered';
    if (message.type === 'table.decline') {
      const { card, message: why } = message;
      this.#options.log.warn({ device, card, why }, 'a card could not make a table');
      open.end(null);
      return null;
    }
    const claimed = this.#options.devices.get(device)?.enrolment.cards[message.card]?.memoryEngine;
    if (message.engine !== claimed) return 'exam.wrong-engine';
    open.answered = true;
    void this.#built(device, open, message.engine, at);
    return null;
  }

  close(): void {
    this.#closed = true;
    for (const device of [...this.#open.keys()]) this.cancel(device);
  }

  #order(device: string, order: TableOrder): Promise<Resident | null> {
    const { hub, residents, random, clock } = this.#options;
    const { card, shape, withinMs } = order;
    if (this.#closed || hub.get(device) === undefined) return Promise.resolve(null);
    this.#open.get(device)?.get(card)?.end(null);
    residents.drop(device, card);
    const tableSeed = toHex(random(32));
    return new Promise((resolve) => {
      const cards = this.#open.get(device) ?? new Map<number, OpenOrder>();
      this.#open.set(device, cards);
      const end = (table: Resident | null) => {
        clearTimeout(open.timer);
        if (cards.get(card) === open) cards.delete(card);
        if (cards.size === 0 && this.#open.get(device) === cards) this.#open.delete(device);
        resolve(table);
      };
      const timer = setTimeout(() => {
        // What came while this process stood still is read before the time is over.
        setImmediate(() => {
          if (open.answered || cards.get(card) !== open) return;
          this.#options.hub.send(device, { type: 'table.drop', card, tableSeed });
          end(null);
        });
      }, withinMs);
      const open: OpenOrder = { order, tableSeed, at: clock.monotonic(), timer, answered: false, end };
      cards.set(card, open);
      const { purpose } = order;
      if (!hub.send(device, { type: 'table.build', card, purpose, shape, tableSeed, withinMs })) end(null);
    });
  }

  /** On record before anybody is told that it stands. */
  async #built(device: string, open: OpenOrder, engine: string, at: number): Promise<void> {
    const { residents, devices, recorder, hub, clock, random, observe, log } = this.#options;
    const { order, tableSeed } = open;
    const { card, shape, purpose, lease } = order;
    const fact: TableFact = {
      kind: 'table.built',
      id: newFactId(random),
      at: clock.now(),
      device,
      card,
      purpose,
      lease,
      engine,
      shape,
      tableSeed,
      buildMs: at - open.at,
    };
    try {
      const history = await devices.history(device);
      await recorder.record([fact]);
      observe(fact);
      if (this.#open.get(device)?.get(card) !== open) return;
      const table = residentOfTable(fact, provenBandwidth(history, card));
      residents.set(device, table);
      open.end(table);
    } catch (error) {
      log.error({ err: error, device, card }, 'a table could not be recorded');
      hub.send(device, { type: 'table.drop', card, tableSeed });
      open.end(null);
    }
  }
}
