import { type Clock, systemClock } from '../protocol/clock.js';
import { TouchstoneError } from '../protocol/error.js';
import { evenly, type ShareRule, Timetable } from './sharing.js';

/** A clock that can also wake somebody up. Tests bring one that they move by hand. */
export interface AlarmClock extends Clock {
  /** Calls `wake` once, `milliseconds` from now. Returns what takes the call back. */
  alarm(milliseconds: number, wake: () => void): () => void;
}

export const systemAlarmClock: AlarmClock = {
  ...systemClock,
  alarm(milliseconds, wake) {
    const timer = setTimeout(wake, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** What a simulated chip can do. */
export interface ChipFigures {
  /** Operations in a second with the engine of the compute exam, as `computeOperations` counts them. */
  readonly opsPerSecond: number;
  /** Operations in a second with the kernels that make pages of a table, as `tableOperations` counts them. */
  readonly tableOpsPerSecond: number;
  /** Bytes that it reads from its own memory in a second. */
  readonly bytesPerSecond: number;
  readonly memoryBytes: number;
}

/** The figures of a chip that is faster, or with a factor below 1 slower, and otherwise the same. */
export function fasterBy(figures: ChipFigures, factor: number): ChipFigures {
  return {
    opsPerSecond: figures.opsPerSecond * factor,
    tableOpsPerSecond: figures.tableOpsPerSecond * factor,
    bytesPerSecond: figures.bytesPerSecond * factor,
    memoryBytes: figures.memoryBytes,
  };
}

/** A chip and how it divides itself among its tenants. */
export interface ChipBudget extends ChipFigures {
  /** Even time-slicing when absent. */
  readonly share?: ShareRule;
}

/** Work for a chip. What is in one of these runs at the same time, as good programs do it: the longest part counts. */
export interface ChipWork {
  readonly operations?: number;
  readonly tableOperations?: number;
  readonly bytes?: number;
}

/** One process on a chip: it can hold some of its memory and spend its time. */
export interface ChipTenant {
  /** A challenge has come: from now on the chip's time counts for it, even where the simulation is late to use it. */
  start(): void;
  /**
   * Resolves when the chip has had time for this, beside everything else that runs on it.
   * Jobs of one tenant run one after another.
   */
  spend(work: ChipWork): Promise<void>;
  /**
   * Holds this many bytes in place of what the tenant held before.
   * @throws TouchstoneError `engine.out-of-memory` when the chip has less than that left
   */
  hold(bytes: number): void;
  /** Gives its memory back. */
  close(): void;
}

/**
 * A chip with a fixed budget of speed and memory. It computes nothing: it only says when a chip of that budget
 * would have been done, so that work that was really done elsewhere can be held back until then.
 */
export class SimulatedChip {
  readonly #budget: ChipBudget;
  readonly #clock: AlarmClock;
  readonly #timetable: Timetable;
  readonly #held = new Map<number, number>();
  readonly #waiting = new Map<number, () => void>();
  /** Since when each tenant could have used the chip: its start, or the end of its last job. */
  readonly #readySince = new Map<number, number>();
  #tenants = 0;
  #cancelAlarm: () => void = () => {};

  constructor(budget: ChipBudget, clock: AlarmClock = systemAlarmClock) {
    this.#budget = budget;
    this.#clock = clock;
    this.#timetable = new Timetable(budget.share ?? evenly, clock.monotonic());
  }

  /** Another process comes onto the chip. */
  tenant(): ChipTenant {
    const tenant = this.#tenants++;
    let last: Promise<void> = Promise.resolve();
    return {
      start: () => void this.#readySince.set(tenant, this.#clock.monotonic()),
      spend: (work) => {
        last = last.then(() => this.#run(tenant, this.#millisecondsOf(work)));
        return last;
      },
      hold: (bytes) => this.#hold(tenant, bytes),
      close: () => void this.#held.delete(tenant),
    };
  }

  /** Of the whole chip: it is divided among its tenants whatever each of them does. */
  #millisecondsOf({ operations = 0, tableOperations = 0, bytes = 0 }: ChipWork): number {
    const { opsPerSecond, tableOpsPerSecond, bytesPerSecond } = this.#budget;
    const arithmetic = operations / opsPerSecond + tableOperations / tableOpsPerSecond;
    return Math.max(arithmetic, bytes / bytesPerSecond) * 1000;
  }

  #run(tenant: number, milliseconds: number): Promise<void> {
    if (milliseconds <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#turn();
      this.#waiting.set(tenant, resolve);
      this.#timetable.begin(tenant, milliseconds, this.#readySince.get(tenant));
      this.#setAlarm();
    });
  }

  /** Lets everybody go whose work has ended by now. */
  #turn(): void {
    for (const { tenant, at } of this.#timetable.advance(this.#clock.monotonic())) {
      this.#readySince.set(tenant, at);
      this.#waiting.get(tenant)?.();
      this.#waiting.delete(tenant);
    }
  }

  #setAlarm(): void {
    this.#cancelAlarm();
    const next = this.#timetable.nextEndIn();
    if (next === null) return;
    this.#cancelAlarm = this.#clock.alarm(next, () => {
      this.#turn();
      this.#setAlarm();
    });
  }

  #hold(tenant: number, bytes: number): void {
    let others = 0;
    for (const [other, held] of this.#held) if (other !== tenant) others += held;
    if (others + bytes > this.#budget.memoryBytes)
      throw new TouchstoneError('engine.out-of-memory', undefined, {
        bytes,
        others,
      });
    this.#held.set(tenant, bytes);
  }
}
