import type { EnrolledFact, ExamFact, Fact, TransitionFact } from '../../scoring/facts/facts.js';
import type { DeviceRecord } from '../../scoring/queries/devices.js';
import { type ExamHistory, Histories, type HistorySource } from './histories.js';

/** A device as the record has it, kept current in memory. */
export type DeviceState = DeviceRecord;

/**
 * The verifier's view of all devices: loaded from ClickHouse at the start, moved on by every fact that our own journal or
 * another verifier's has taken. Nothing here that the record doesn't hold, and in whatever order facts come, the latest
 * stands.
 */
export class Devices {
  readonly #states: Map<string, DeviceState>;
  readonly #histories: Histories;

  constructor(records: readonly DeviceRecord[], source: HistorySource) {
    this.#states = new Map(records.map((record) => [record.device, record]));
    this.#histories = new Histories(source);
  }

  /** All that ever enrolled. */
  get size(): number {
    return this.#states.size;
  }

  get(device: string): DeviceState | undefined {
    return this.#states.get(device);
  }

  /** Read from the record once, then kept current. */
  history(device: string): Promise<ExamHistory> {
    return this.#histories.of(device);
  }

  /** The same without waiting: null where it has not been read yet. */
  knownHistory(device: string): ExamHistory | null {
    return this.#histories.known(device);
  }

  /** Loads a device's history before its facts are appended: what is appended is then applied to it. */
  async prepare(device: string): Promise<void> {
    await this.#histories.of(device);
  }

  /** Takes in facts that are durable. Of one that is known already nothing changes. */
  async apply(facts: readonly Fact[]): Promise<void> {
    for (const fact of facts) {
      switch (fact.kind) {
        case 'device.enrolled':
          this.#enrol(fact);
          break;
        case 'device.transition':
          this.#move(fact);
          break;
        case 'exam.finished':
          this.#examine(fact);
          await this.#histories.apply(fact);
          break;
        case 'network.measured':
          await this.#histories.apply(fact);
          break;
        default:
          break;
      }
    }
  }

  /** Every device that ever enrolled. */
  all(): Iterable<DeviceState> {
    return this.#states.values();
  }

  /** Devices that name a wallet as theirs. Looks at all of them. */
  *ofWallet(wallet: string): Iterable<DeviceState> {
    for (const state of this.#states.values()) if (state.enrolment.wallet === wallet) yield state;
  }

  /** Its history is read again when it is wanted again. */
  forget(device: string): void {
    this.#histories.forget(device);
  }

  /** The record was read again, because facts may have been missed. What is newer here stays. */
  reload(records: readonly DeviceRecord[]): void {
    this.#histories.forgetAll();
    for (const record of records) {
      const known = this.#states.get(record.device);
      this.#states.set(record.device, known === undefined ? record : newerOf(known, record));
    }
  }

  #enrol(fact: EnrolledFact): void {
    const known = this.#states.get(fact.device);
    if (known !== undefined) {
      if (fact.at >= known.enrolment.at) this.#states.set(fact.device, { ...known, enrolment: fact });
      return;
    }
    this.#states.set(fact.device, {
      device: fact.device,
      enrolment: fact,
      firstEnrolledAt: fact.at,
      status: 'enrolled',
      statusSince: fact.at,
      reasons: [],
      lastExamAt: null,
      lastPassedAt: null,
    });
    this.#histories.begin(fact.device);
  }

  #move({ device, to, at, reasons }: TransitionFact): void {
    const state = this.#states.get(device);
    if (state === undefined || at < state.statusSince) return;
    this.#states.set(device, { ...state, status: to, statusSince: at, reasons });
  }

  #examine({ device, outcome, at }: ExamFact): void {
    const state = this.#states.get(device);
    if (state === undefined) return;
    const { lastExamAt, lastPassedAt } = state;
    this.#states.set(device, {
      ...state,
      lastExamAt: later(lastExamAt, at),
      lastPassedAt: outcome === 'passed' ? later(lastPassedAt, at) : lastPassedAt,
    });
  }
}

const later = (known: number | null, at: number | null): number | null =>
  at === null || (known !== null && known > at) ? known : at;

function newerOf(known: DeviceState, record: DeviceState): DeviceState {
  const moved = record.statusSince >= known.statusSince ? record : known;
  return {
    device: known.device,
    enrolment: record.enrolment.at >= known.enrolment.at ? record.enrolment : known.enrolment,
    firstEnrolledAt: Math.min(known.firstEnrolledAt, record.firstEnrolledAt),
    status: moved.status,
    statusSince: moved.statusSince,
    reasons: moved.reasons,
    lastExamAt: later(known.lastExamAt, record.lastExamAt),
    lastPassedAt: later(known.lastPassedAt, record.lastPassedAt),
  };
}
