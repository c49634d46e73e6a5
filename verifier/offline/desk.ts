import type { Code } from '../../protocol/codes/table.js';
import type { OfflineMessage } from '../../protocol/messages/offline.js';
import type { Desk } from '../connections/desk.js';
import { Chains, type ChainsOptions } from './chains.js';
import { Judge, type JudgeOptions } from './judge.js';
import { Rates } from './rates.js';
import { Reports, type ReportsOptions } from './reports.js';
import { Trials, type TrialsOptions } from './trials.js';

export interface OfflineDeskOptions
  extends Omit<TrialsOptions, 'rates' | 'log'>,
    Omit<ChainsOptions, 'rates' | 'rateless' | 'hub' | 'clock' | 'settings' | 'log'>,
    Omit<JudgeOptions, 'rates' | 'clock' | 'settings'>,
    Omit<ReportsOptions, 'rates' | 'judge' | 'linkMs' | 'settled' | 'hub' | 'clock' | 'log'> {
  readonly hub: TrialsOptions['hub'] & ReportsOptions['hub'];
  /** Best squarings a second that a device has shown, by the record; null where it never did. */
  readonly bestRate: (device: string) => Promise<number | null>;
  /** Times a trial would disturb, such as an exam's: it waits then. */
  readonly busy: (device: string) => boolean;
  /** A connected device has nothing to show any more; again after a report that came late. Never throws. */
  readonly settled: (device: string) => void;
  readonly settings: ChainsOptions['settings'] & JudgeOptions['settings'];
  readonly log: TrialsOptions['log'] & ReportsOptions['log'];
}

/** Everything about outages: how fast devices square, the chains that they hold, what they show after an outage. */
export class OfflineDesk implements Desk<OfflineMessage> {
  readonly #options: OfflineDeskOptions;
  readonly #rates: Rates;
  readonly #trials: Trials;
  readonly #chains: Chains;
  readonly #reports: Reports;
  /** By device, whom to call back when nothing is to be shown any more. */
  readonly #waiting = new Map<string, (() => void)[]>();

  constructor(options: OfflineDeskOptions) {
    this.#options = options;
    const rates = new Rates(options.bestRate, () => options.clock.monotonic());
    this.#rates = rates;
    this.#trials = new Trials({ ...options, rates });
    this.#chains = new Chains({ ...options, rates, rateless: (device) => this.#rateless(device) });
    this.#reports = new Reports({
      ...options,
      rates,
      judge: new Judge({ ...options, rates }),
      linkMs: options.settings.linkMs,
      settled: (device) => this.#settled(device),
    });
  }

  connected(device: string): void {
    this.#reports.connected(device);
  }

  disconnected(device: string): void {
    this.#waiting.delete(device);
    this.#chains.stop(device);
    this.#trials.gone(device);
    this.#reports.disconnected(device);
  }

  receive(device: string, message: OfflineMessage, at: number): Code | null {
    switch (message.type) {
      case 'offline.solved':
        return this.#trials.receive(device, message, at);
      case 'offline.report':
        return this.#reports.report(device, message);
      case 'offline.reveal':
        return this.#reports.reveal(device, message);
    }
  }

  /** Whether the device may still show an outage: what would end a table, or move a transcript on, waits. */
  unshown(device: string): boolean {
    return this.#reports.unshown(device);
  }

  /**
   * Calls back once nothing is to be shown on the connection that has just begun, or begins now; not at all where it ends
   * before. An exam ends tables that the device needs for showing.
   */
  whenShown(device: string, then: () => void): void {
    this.#waiting.set(device, [...(this.#waiting.get(device) ?? []), then]);
    if (this.#reports.isSettled(device)) this.#callBack(device);
  }

  /** All cards passed an exam: how fast the device squares is measured now. */
  examined(device: string): void {
    this.#ask(device, this.#trials.ask(device));
  }

  /** The device is at home here. @throws TouchstoneError `service.busy` */
  arrive(device: string): Promise<void> {
    return this.#reports.arrive(device);
  }

  /** The device goes to another verifier, and its line has ended. */
  async leave(device: string): Promise<void> {
    await this.#reports.leave(device);
    this.#forget(device);
  }

  /** The device may be at home elsewhere: what is shown is shown again there. */
  async lapse(device: string): Promise<void> {
    this.#reports.forget(device);
    this.#forget(device);
  }

  close(): void {
    this.#waiting.clear();
    this.#chains.close();
    this.#reports.close();
  }

  #forget(device: string): void {
    this.#waiting.delete(device);
    this.#chains.stop(device);
    this.#trials.gone(device);
    this.#rates.forget(device);
  }

  #settled(device: string): void {
    this.#chains.start(device);
    this.#options.settled(device);
    this.#callBack(device);
  }

  #callBack(device: string): void {
    const waiting = this.#waiting.get(device) ?? [];
    this.#waiting.delete(device);
    for (const then of waiting) then();
  }

  #rateless(device: string): void {
    if (!this.#options.busy(device)) this.#ask(device, this.#trials.askAgain(device));
  }

  #ask(device: string, asked: Promise<void>): void {
    asked.catch((error) => this.#options.log.warn({ err: error, device }, 'no trial could be made'));
  }
}
