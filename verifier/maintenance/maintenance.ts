import type { Clock, RandomBytes } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import { newFactId } from '../../protocol/ids.js';
import { nobody } from '../../scoring/facts/base.js';
import type { Fact } from '../../scoring/facts/facts.js';
import type {
  MaintenanceDeclaredFact,
  MaintenanceEndedFact,
  QuietDeclaredFact,
} from '../../scoring/facts/maintenance.js';
import type { TimeWindow } from '../../scoring/queries/maintenance.js';
import type { Devices } from '../devices/devices.js';
import type { Recorder } from '../devices/recorder.js';
import type { Serial } from '../devices/serial.js';
import { type Pause, pauseAt } from '../exams/pauses.js';
import { WindowBook } from './window-book.js';
import {
  assertPossible,
  assertQuietPossible,
  endOf,
  quietEndOf,
  type Span,
  type WindowRules,
  wholeMinutes,
} from './window-rules.js';

export interface MaintenanceOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly random: RandomBytes;
  readonly devices: Pick<Devices, 'get'>;
  readonly recorder: Pick<Recorder, 'record'>;
  readonly serial: Serial;
  /** The lease of a device that is not over; its end is null where nobody has said one. */
  readonly leaseOf: (device: string) => { readonly endsAt: number | null } | null;
  /** What the record has, of the last 30 days and to come. */
  readonly windows: readonly TimeWindow[];
  readonly rules: WindowRules;
}

/** What is asked for: when, and why in words. */
export interface WindowRequest extends Span {
  readonly reason: string;
}

/** Windows of maintenance that suppliers declare, and quiet times of our own: when nothing is begun, and no minute counts as down. */
export class Maintenance {
  readonly #options: MaintenanceOptions;
  readonly #book: WindowBook;

  constructor(options: MaintenanceOptions) {
    this.#options = options;
    this.#book = new WindowBook(options.windows, () => options.clock.now());
  }

  /**
   * Declares a window of a device, in whole minutes.
   *
   * @param by role and id of who declares it
   * @returns the window, when it is on record
   * @throws TouchstoneError `device.unknown`, `device.retired`, the codes of `assertPossible`, `maintenance.leased`
   */
  async declare(device: string, request: WindowRequest, by: string): Promise<TimeWindow> {
    const { serial, devices, clock, rules } = this.#options;
    return serial.run(device, async () => {
      const state = devices.get(device);
      if (state === undefined) throw new TouchstoneError('device.unknown');
      if (state.status === 'retired') throw new TouchstoneError('device.retired');
      const span = wholeMinutes(request);
      assertPossible(span, this.of(device), clock.now(), rules);
      this.#assertFree(device, span);
      const kind = 'maintenance.declared';
      return this.#begin({ ...this.#base(), kind, device, ...span, reason: request.reason, by });
    });
  }

  /**
   * Takes a window back, or ends it early.
   *
   * @returns the window as it is now, or null where nothing is left of it
   * @throws TouchstoneError `maintenance.unknown`, `maintenance.over`
   */
  end(device: string, id: string, by: string): Promise<TimeWindow | null> {
    return this.#end(device, id, by, (window, now) => endOf(window, now, this.#options.rules));
  }

  /** We roll something out: nothing is begun for anybody. @throws TouchstoneError `quiet.invalid` */
  async quiet(request: WindowRequest, by: string): Promise<TimeWindow> {
    const span = wholeMinutes(request);
    assertQuietPossible(span, this.#options.clock.now());
    const kind = 'quiet.declared';
    return this.#begin({ ...this.#base(), kind, device: nobody, ...span, reason: request.reason, by });
  }

  /** @returns the quiet time as it is now, or null where nothing is left of it @throws as `end` */
  endQuiet(id: string, by: string): Promise<TimeWindow | null> {
    return this.#end(nobody, id, by, quietEndOf);
  }

  /** Windows of a device, of the last 30 days and to come, by their begin. */
  of(device: string): TimeWindow[] {
    return this.#book.of(device).filter(({ from, to }) => to > from);
  }

  /** Quiet times that have not ended. */
  get quietTimes(): TimeWindow[] {
    const now = this.#options.clock.now();
    return this.#book.quiet.filter(({ from, to }) => to > now && to > from);
  }

  /** When nothing is begun for a device. A leased one has no maintenance: somebody relies on it. */
  pauses(device: string): readonly Pause[] {
    const now = this.#options.clock.now();
    const own = this.#options.leaseOf(device) === null ? this.#book.of(device) : [];
    return [...own, ...this.#book.quiet].filter(({ from, to }) => to > now && to > from);
  }

  /** Whether nothing is to be begun for a device now: it is paused, or will be within minutes. */
  pausedNow(device: string): boolean {
    return pauseAt(this.pauses(device), this.#options.clock.now()) !== null;
  }

  /** The first window that takes time of a device between two instants; null where there is none. @param to null: for ever */
  between(device: string, from: number, to: number | null): TimeWindow | null {
    return this.of(device).find((window) => window.to > from && (to === null || window.from < to)) ?? null;
  }

  /** Takes in a fact that another verifier has put on record. */
  apply(fact: Fact): void {
    this.#book.apply(fact);
  }

  /** Facts of others may have been missed: takes in what the record has. */
  reload(windows: readonly TimeWindow[]): void {
    this.#book.reload(windows);
  }

  #assertFree(device: string, { from }: Span): void {
    const lease = this.#options.leaseOf(device);
    if (lease !== null && (lease.endsAt === null || lease.endsAt > from))
      throw new TouchstoneError('maintenance.leased');
  }

  #base(): { readonly id: string; readonly at: number } {
    const { random, clock } = this.#options;
    return { id: newFactId(random), at: clock.now() };
  }

  async #begin(fact: MaintenanceDeclaredFact | QuietDeclaredFact): Promise<TimeWindow> {
    await this.#options.recorder.record([fact]);
    this.#book.apply(fact);
    const { id, device, from, to, reason, by, at } = fact;
    return { id, device, from, to, reason, by, declaredAt: at };
  }

  #end(
    device: string,
    id: string,
    by: string,
    endAt: (window: Span, now: number) => number,
  ): Promise<TimeWindow | null> {
    const { clock, recorder, serial } = this.#options;
    return serial.run(device, async () => {
      const window = this.#find(device, id);
      if (window === null) throw new TouchstoneError('maintenance.unknown');
      if (window.to <= clock.now()) throw new TouchstoneError('maintenance.over');
      const to = endAt(window, clock.now());
      if (to >= window.to) return window;
      const fact: MaintenanceEndedFact = {
        ...this.#base(),
        kind: 'maintenance.ended',
        device,
        window: id,
        to,
        by,
      };
      await recorder.record([fact]);
      this.#book.apply(fact);
      return this.#find(device, id);
    });
  }

  #find(device: string, id: string): TimeWindow | null {
    return this.of(device).find((one) => one.id === id) ?? null;
  }
}
