import type { ExamFact, Fact, NetworkFact } from '../../scoring/facts/facts.js';
import type { DeviceRecord } from '../../scoring/queries/devices.js';
import type { ExamResult } from '../../scoring/queries/exams.js';

/** A device as the record has it, kept current in memory. */
export type DeviceState = DeviceRecord;

/** What a device has shown in exams: all outcomes in order, and the last exam of each card in full. */
export interface ExamHistory {
  readonly outcomes: readonly ExamResult[];
  readonly latest: ReadonlyMap<number, ExamFact>;
  /** The last exam of each card that said something: passed or failed. */
  readonly judged: ReadonlyMap<number, ExamFact>;
  /** The last measurement of its line. */
  readonly network: NetworkFact | null;
}

export interface HistorySource {
  outcomes(device: string): Promise<ExamResult[]>;
  /** Newest first. */
  exams(device: string): Promise<ExamFact[]>;
  network(device: string): Promise<NetworkFact | null>;
}

interface LoadedHistory {
  readonly outcomes: ExamResult[];
  readonly latest: Map<number, ExamFact>;
  readonly judged: Map<number, ExamFact>;
  network: NetworkFact | null;
}

/**
 * The verifier's view of all devices: loaded from ClickHouse at the start, moved on by every fact that the journal
 * has taken. Nothing here that the record doesn't hold.
 */
export class Devices {
  readonly #states: Map<string, DeviceState>;
  readonly #histories = new Map<string, Promise<LoadedHistory>>();
  readonly #source: HistorySource;

  constructor(records: readonly DeviceRecord[], source: HistorySource) {
    this.#states = new Map(records.map((record) => [record.device, record]));
    this.#source = source;
  }

  get(device: string): DeviceState | undefined {
    return this.#states.get(device);
  }

  /** Read from the record once, then kept current. */
  async history(device: string): Promise<ExamHistory> {
    return this.#history(device);
  }

  /**
   * Loads a device's history before its facts are appended, so that a fact is either in what is loaded or applied
   * to it afterwards, never both.
   */
  async prepare(device: string): Promise<void> {
    await this.#history(device);
  }

  /** Takes in facts that are durable. */
  async apply(facts: readonly Fact[]): Promise<void> {
    for (const fact of facts) {
      switch (fact.kind) {
        case 'device.enrolled':
          this.#enrol(fact);
          break;
        case 'device.transition': {
          const state = this.#states.get(fact.device);
          if (state === undefined) break;
          this.#states.set(fact.device, {
            ...state,
            status: fact.to,
            statusSince: fact.at,
            reasons: fact.reasons,
          });
          break;
        }
        case 'exam.finished':
          await this.#examined(fact);
          break;
        case 'network.measured':
          await this.#measured(fact);
          break;
        default:
          break;
      }
    }
  }

  #enrol(fact: Extract<Fact, { kind: 'device.enrolled' }>): void {
    const known = this.#states.get(fact.device);
    this.#states.set(
      fact.device,
      known === undefined
        ? {
            device: fact.device,
            enrolment: fact,
            firstEnrolledAt: fact.at,
            status: 'enrolled',
            statusSince: fact.at,
            reasons: [],
            lastExamAt: null,
            lastPassedAt: null,
          }
        : { ...known, enrolment: fact },
    );
    // A device that is new here has no history to read.
    if (known === undefined)
      this.#histories.set(
        fact.device,
        Promise.resolve({ outcomes: [], latest: new Map(), judged: new Map(), network: null }),
      );
  }

  async #examined(fact: ExamFact): Promise<void> {
    const state = this.#states.get(fact.device);
    if (state === undefined) return;
    const { outcome, card, at, gflops } = fact;
    this.#states.set(fact.device, {
      ...state,
      lastExamAt: at,
      lastPassedAt: outcome === 'passed' ? at : state.lastPassedAt,
    });
    const history = await this.#history(fact.device);
    history.outcomes.push({ outcome, card, at, gflops, class: fact.class });
    history.latest.set(card, fact);
    if (isJudged(fact)) history.judged.set(card, fact);
  }

  async #measured(fact: NetworkFact): Promise<void> {
    if (this.#states.has(fact.device)) (await this.#history(fact.device)).network = fact;
  }

  #history(device: string): Promise<LoadedHistory> {
    const loaded = this.#histories.get(device);
    if (loaded !== undefined) return loaded;
    const loading = this.#load(device);
    this.#histories.set(device, loading);
    // A failed read must not stay: the next caller tries again.
    loading.catch(() => this.#histories.delete(device));
    return loading;
  }

  async #load(device: string): Promise<LoadedHistory> {
    const source = this.#source;
    const [outcomes, exams, network] = await Promise.all([
      source.outcomes(device),
      source.exams(device),
      source.network(device),
    ]);
    return { outcomes, latest: lastOfEach(exams), judged: lastOfEach(exams.filter(isJudged)), network };
  }
}

const isJudged = ({ outcome }: ExamFact): boolean => outcome === 'passed' || outcome === 'failed';

/** The first of each card, of exams that come newest first. */
function lastOfEach(exams: readonly ExamFact[]): Map<number, ExamFact> {
  const last = new Map<number, ExamFact>();
  for (const exam of exams) if (!last.has(exam.card)) last.set(exam.card, exam);
  return last;
}
