import type { ExamFact, Fact, NetworkFact } from '../../scoring/facts/facts.js';
import { type ExamResult, examCostMs } from '../../scoring/queries/exams.js';

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
  /** Facts about a device that may not be in the record yet, oldest first; absent where only we write to it. */
  unshipped?(device: string): readonly Fact[];
}

interface LoadedHistory {
  readonly outcomes: ExamResult[];
  readonly latest: Map<number, ExamFact>;
  readonly judged: Map<number, ExamFact>;
  network: NetworkFact | null;
}

/** Exam histories of devices: read from the record once, then moved on by every fact. */
export class Histories {
  readonly #source: HistorySource;
  readonly #loaded = new Map<string, Promise<LoadedHistory>>();
  /** Of those, what has been read. */
  readonly #read = new Map<string, LoadedHistory>();

  constructor(source: HistorySource) {
    this.#source = source;
  }

  of(device: string): Promise<ExamHistory> {
    return this.#of(device);
  }

  /** The same without waiting: null where it has not been read. */
  known(device: string): ExamHistory | null {
    return this.#read.get(device) ?? null;
  }

  /** A device that nobody knew before has nothing to read. */
  begin(device: string): void {
    if (this.#loaded.has(device)) return;
    const nothing = { outcomes: [], latest: new Map(), judged: new Map(), network: null };
    this.#loaded.set(device, Promise.resolve(nothing));
    this.#read.set(device, nothing);
  }

  /** Takes in a fact that is durable. A history that nobody has read stays unread: the record will have it. */
  async apply(fact: ExamFact | NetworkFact): Promise<void> {
    const loaded = await this.#loaded.get(fact.device)?.catch(() => undefined);
    if (loaded !== undefined) take(loaded, fact);
  }

  /** Read again when it is wanted again. */
  forget(device: string): void {
    this.#loaded.delete(device);
    this.#read.delete(device);
  }

  forgetAll(): void {
    this.#loaded.clear();
    this.#read.clear();
  }

  #of(device: string): Promise<LoadedHistory> {
    const loaded = this.#loaded.get(device);
    if (loaded !== undefined) return loaded;
    const loading = this.#load(device);
    this.#loaded.set(device, loading);
    const isLatest = () => this.#loaded.get(device) === loading;
    loading.then(
      (history) => isLatest() && this.#read.set(device, history),
      // A failed read must not stay: the next caller tries again.
      () => isLatest() && this.#loaded.delete(device),
    );
    return loading;
  }

  async #load(device: string): Promise<LoadedHistory> {
    const source = this.#source;
    // Before the record is read: what is carried there meanwhile is then known twice, and not missed.
    const unshipped = source.unshipped?.(device) ?? [];
    const [outcomes, exams, network] = await Promise.all([
      source.outcomes(device),
      source.exams(device),
      source.network(device),
    ]);
    const history = {
      outcomes,
      latest: lastOfEach(exams),
      judged: lastOfEach(exams.filter(isJudged)),
      network,
    };
    for (const fact of unshipped)
      if (fact.kind === 'exam.finished' || fact.kind === 'network.measured') take(history, fact);
    return history;
  }
}

/**
 * The same fact again changes nothing: no card ends two exams in one millisecond. Of an exam that two verifiers ended the later
 * end counts, as in the record (`onceEach`).
 */
function take(history: LoadedHistory, fact: ExamFact | NetworkFact): void {
  if (fact.kind === 'network.measured') {
    if (history.network === null || fact.at >= history.network.at) history.network = fact;
    return;
  }
  const { outcome, card, at, gflops } = fact;
  const { outcomes, latest, judged } = history;
  const known = latest.get(card);
  if (known?.id === fact.id && known.at !== at) {
    if (known.at > at) return;
    const earlier = outcomes.findLastIndex((one) => one.card === card && one.at === known.at);
    if (earlier >= 0) outcomes.splice(earlier, 1);
  }
  const later = outcomes.findLastIndex((known) => known.at <= at) + 1;
  for (let i = later - 1; outcomes[i]?.at === at; i -= 1) if (outcomes[i]?.card === card) return;
  const swept = (fact.sweep ?? null) !== null;
  outcomes.splice(later, 0, {
    outcome,
    card,
    at,
    gflops,
    class: fact.class,
    costMs: examCostMs(fact),
    swept,
  });
  if (at >= (latest.get(card)?.at ?? at)) latest.set(card, fact);
  if (isJudged(fact) && at >= (judged.get(card)?.at ?? at)) judged.set(card, fact);
}

const isJudged = ({ outcome }: ExamFact): boolean => outcome === 'passed' || outcome === 'failed';

/** The first of each card, of exams that come newest first. */
function lastOfEach(exams: readonly ExamFact[]): Map<number, ExamFact> {
  const last = new Map<number, ExamFact>();
  for (const exam of exams) if (!last.has(exam.card)) last.set(exam.card, exam);
  return last;
}
