import type { Clock } from '../../protocol/clock.js';
import { codeTable, type ExamErrorCode } from '../../protocol/codes/table.js';
import type { ArmedCard, CardMessage, ExamOpen, ExamPart } from '../../protocol/messages/exam.js';
import type { VerifierMessage } from '../../protocol/messages/wire.js';
import type { RoomCard, StepTimes } from './asks.js';
import { type CardExam, type CardRecord, newCardExam, presentPart, recordOf, step } from './card-exam.js';
import type { Commitment, Draw, PartEvent, PartExam, PartPhase, Seen } from './part-exam.js';
import { type Answered, ProofChecks, type ProofChecksOptions } from './proof-checks.js';
import type { SeedSource } from './seeds.js';

/** Added to the time for a reveal by each other card that reveals as well: 64 KiB take so long on a quarter of a megabit. */
const revealLineMs = 2_000;
export interface RoomOptions {
  readonly exam: string;
  readonly cards: readonly RoomCard[];
  readonly times: StepTimes;
  readonly clock: Clock;
  readonly seeds: SeedSource;
  readonly draw: Draw;
  /** What is known of the device's line and of our own lag between two instants, monotonic milliseconds. */
  readonly seen: (from: number, to: number) => Seen;
  /** Makes a message ready for the device's present connection. What it returns sends it: false where that has gone. */
  readonly prepare: (message: VerifierMessage) => () => boolean;
  readonly check: ProofChecksOptions['check'];
  /**
   * Measures the device's line; resolves when it is quiet again, and never rejects. Called once: while tables are built,
   * or at the end where there are none. No walk begins before it is over.
   */
  readonly measureLine: () => Promise<void>;
  /** Cards became ready, or owe an exam again: whoever holds cohorts should look. */
  readonly moved: () => void;
  readonly uncheckable: ProofChecksOptions['uncheckable'];
  /** A card has taken a step: so it stands now. */
  readonly stepped?: (card: number, exam: CardExam) => void;
  /** Resolves when another verifier could go on from where the card stands now; null where it need not. Never rejects. */
  readonly kept?: (card: number) => Promise<unknown> | null;
  /** How the cards stood where the exam was begun by another verifier (`resume`); else it begins here. */
  readonly saved?: ReadonlyMap<number, CardExam>;
  readonly finished: (results: ReadonlyMap<number, CardRecord>) => void;
}

/** What a card is given with `go`, and the arming that it is for. */
interface Given {
  readonly go: {
    readonly card: number;
    readonly part: ExamPart;
    readonly seed: string;
    readonly withinMs: number;
  };
  readonly attempt: number;
}

type Standing = `${ExamPart}/${PartPhase['at']}` | 'done';

/**
 * The exam of one device: all its cards at once, each with seeds of its own, on the verifier's clock. The memory part
 * begins when every card has ended its compute part. The steps themselves are in `part-exam.ts` and `card-exam.ts`; the
 * room adds time, randomness and the wire.
 */
export class ExamRoom {
  readonly #options: RoomOptions;
  readonly #asks: ReadonlyMap<number, RoomCard>;
  readonly #cards: Map<number, CardExam>;
  readonly #timers = new Map<number, NodeJS.Timeout>();
  /** Cards that stand at each step: a room of 64 cards is asked for its state at each of their steps. */
  readonly #counts = new Map<Standing, number>();
  /** Cards that have committed and are still to be asked for their openings. */
  readonly #unasked = new Set<number>();
  readonly #checks: ProofChecks;
  #line: Promise<void> | null = null;
  #lineBusy = false;
  #over = false;

  constructor(options: RoomOptions) {
    this.#options = options;
    this.#asks = new Map(options.cards.map((ask) => [ask.card, ask]));
    this.#cards = new Map(
      options.cards.map((ask) => [ask.card, options.saved?.get(ask.card) ?? examOf(ask)]),
    );
    for (const exam of this.#cards.values()) this.#count(standingOf(exam), 1);
    this.#checks = new ProofChecks({
      check: options.check,
      answerOf: (card) => this.#answerOf(card),
      checked: (card, event) => void this.#apply(card, event),
      uncheckable: options.uncheckable,
      condemned: [...this.#cards.values()].some(isCondemned),
    });
  }

  get exam(): string {
    return this.#options.exam;
  }

  /** The part that the device is at: `compute` until all its cards have ended that; null when its exam is over. */
  get part(): ExamPart | null {
    let memory = false;
    for (const [standing, count] of this.#counts) {
      if (count > 0 && standing.startsWith('compute/')) return 'compute';
      if (count > 0 && standing.startsWith('memory/')) memory = true;
    }
    return memory ? 'memory' : null;
  }

  /** True where a cohort may take this room: some card is owed the present part and none is in the middle of it. */
  get waits(): boolean {
    return (
      this.#someAt('owed') && !(this.#someAt('arming') || this.#someAt('ready') || this.#someAt('running'))
    );
  }

  /** True while a card may still become ready for `go`, or the line is in use that `go` has to travel. */
  get arming(): boolean {
    return this.#someAt('arming') || (this.#lineBusy && this.#someAt('ready'));
  }

  /** Asks all cards that are owed the present part to get ready for it. */
  arm(): void {
    const owed = this.#indices('owed');
    if (owed.length === 0) return;
    const armed = owed.map((card) => this.#arm(card));
    const attempt = Math.max(...owed.map((card) => this.#partOf(card)?.attempts ?? 1));
    for (const { card, withinMs } of armed) this.#setTimer(card, withinMs);
    this.#send({ type: 'exam.arm', exam: this.exam, attempt, cards: armed });
    if (this.part === 'memory') void this.#measureLine();
  }

  /** Gives every ready card its seed, now. */
  go(): void {
    this.prepareGo()?.()();
  }

  /**
   * Makes `go` ready for every ready card: seeds, message and all, so that none of it costs a card time. What it returns reads the
   * clock and sends, and leaves out cards that are not ready any more; what that returns takes the steps, and is to be called in
   * the same turn. So the many rooms of a sweep send one right after the other. Null where no card is ready.
   */
  prepareGo(): (() => () => void) | null {
    const given = this.#indices('ready').flatMap((card) => this.#goOf(card) ?? []);
    if (given.length === 0) return null;
    const messageTo = (some: readonly Given[]) =>
      this.#options.prepare({ type: 'exam.go', exam: this.exam, cards: some.map(({ go }) => go) });
    const sendAll = messageTo(given);
    return () => {
      const left = given.filter((one) => this.#isReadyFor(one));
      const send = left.length === given.length ? sendAll : messageTo(left);
      const at = this.#options.clock.monotonic();
      if (left.length > 0) send();
      return () => {
        for (const { go } of left) this.#apply(go.card, { type: 'go', seed: go.seed, at });
        for (const { go } of left) this.#setTimer(go.card, go.withinMs);
      };
    };
  }

  /**
   * A message of this device.
   * @param at monotonic milliseconds of its arrival
   * @returns the code with which it is refused, or null
   */
  receive(message: CardMessage, at: number): ExamErrorCode | null {
    if (message.exam !== this.exam) return 'exam.unknown';
    if (!this.#cards.has(message.card)) return 'exam.unknown-card';
    return this.#apply(message.card, { type: 'message', message, at, seen: this.#seen(message.card, at) });
  }

  connected(): void {
    for (const card of this.#cards.keys()) this.#apply(card, { type: 'connected' });
  }

  disconnected(): void {
    for (const card of this.#cards.keys()) this.#apply(card, { type: 'disconnected' });
  }

  /** The device claims other hardware now: ends what it can. */
  hardwareChanged(): void {
    for (const card of this.#cards.keys()) this.#apply(card, { type: 'hardware-changed' });
  }

  /** The exam goes on here after the verifier that began it has ended. To be called once, before anything else. */
  resume(): void {
    this.homeLost();
    for (const [card, exam] of this.#cards)
      if (presentPart(exam)?.phase.at === 'checking') this.#checks.add(card);
    this.#finishIfAllDone();
  }

  /** We end the line. */
  homeLost(): void {
    for (const card of this.#cards.keys()) this.#apply(card, { type: 'home-lost' });
  }

  /** Ends what is not over, as a fault of ours. */
  endAsOurs(): void {
    for (const card of this.#cards.keys()) this.#apply(card, { type: 'ours' });
  }

  /** Forgets everything, without a verdict. */
  close(): void {
    this.#over = true;
    this.#checks.close();
    for (const card of this.#cards.keys()) this.#clearTimer(card);
  }

  #apply(card: number, event: PartEvent): ExamErrorCode | null {
    const before = this.#cards.get(card);
    if (before === undefined || this.#over) return 'exam.unknown-card';
    const { exam, refused, open, check } = step(before, event, this.#options.draw);
    this.#cards.set(card, exam);
    if (exam !== before) this.#options.stepped?.(card, exam);
    const [from, to] = [standingOf(before), standingOf(exam)];
    if (from !== to) {
      this.#count(from, -1);
      this.#count(to, 1);
      this.#clearTimer(card);
      this.#options.moved();
    }
    // Time does not run against who is away. A proof that is to be checked again needs nobody to be there.
    if (event.type === 'disconnected' && to.endsWith('/opening')) this.#clearTimer(card);
    if (open) this.#toAsk(card);
    this.#openAll();
    if (check) this.#checks.add(card);
    if (to === 'done' && from !== 'done') this.#finishIfAllDone();
    return refused ?? null;
  }

  #goOf(card: number): Given | null {
    const present = this.#partOf(card);
    if (present === null) return null;
    const { task, attempts } = present;
    const seed = this.#options.seeds.go(card, task.part, attempts);
    return {
      go: { card, part: task.part, seed, withinMs: this.#times(card, task.part).commitMs },
      attempt: attempts,
    };
  }

  #isReadyFor({ go, attempt }: Given): boolean {
    const present = this.#partOf(go.card);
    return present?.phase.at === 'ready' && present.task.part === go.part && present.attempts === attempt;
  }

  #arm(card: number): ArmedCard {
    const attempt = (this.#partOf(card)?.attempts ?? 0) + 1;
    const tableSeed = this.#options.seeds.table(card, attempt);
    this.#apply(card, { type: 'arm', at: this.#options.clock.monotonic(), tableSeed });
    const task = this.#partOf(card)?.task;
    if (task === undefined) throw new RangeError(`no card ${card} in ${this.exam}`);
    const { armMs: withinMs } = this.#times(card, task.part);
    return task.part === 'compute'
      ? { card, part: task.part, withinMs, shape: task.shape }
      : { card, part: task.part, withinMs, shape: task.shape, tableSeed };
  }

  /** The draw is kept before the card knows it: else it would get another one where we die in between. */
  #toAsk(card: number): void {
    const kept = this.#options.kept?.(card) ?? null;
    if (kept === null) this.#unasked.add(card);
    else
      void kept.then(() => {
        this.#unasked.add(card);
        this.#openAll();
      });
  }

  /** Nothing is asked while a card works: reveals, 64 KiB each, would stand in the line before the commit that is timed. */
  #openAll(): void {
    if (this.#someAt('running')) return;
    const cards = [...this.#unasked];
    this.#unasked.clear();
    for (const card of cards) this.#open(card);
  }

  #open(card: number): void {
    const phase = this.#partOf(card)?.phase;
    if (this.#over || phase?.at !== 'opening' || !phase.asked) return;
    const others = this.#indices('opening').length - 1;
    const revealMs = this.#options.times.revealMs + others * revealLineMs;
    this.#setTimer(card, revealMs);
    this.#send(openOf(this.exam, card, phase.commitment, revealMs));
  }

  #answerOf(card: number): Answered | null {
    const phase = this.#partOf(card)?.phase;
    return phase?.at === 'checking' ? phase : null;
  }

  #measureLine(): Promise<void> {
    if (this.#line !== null) return this.#line;
    this.#lineBusy = true;
    this.#line = this.#options.measureLine().then(() => {
      this.#lineBusy = false;
      if (!this.#over) this.#options.moved();
    });
    return this.#line;
  }

  #finishIfAllDone(): void {
    const results = new Map<number, CardRecord>();
    for (const [card, exam] of this.#cards) {
      const record = recordOf(exam);
      if (record === null) return;
      results.set(card, record);
    }
    void this.#measureLine().then(() => {
      if (this.#over) return;
      this.#over = true;
      this.#options.finished(results);
    });
  }

  /** Taken when it came: the line may be another by the time of the verdict, and our lag forgotten. */
  #seen(card: number, at: number): Seen {
    const phase = this.#partOf(card)?.phase;
    return phase?.at === 'running' ? this.#options.seen(phase.goAt, at) : { roundTripMs: null, lagMs: 0 };
  }

  /** Timers run before sockets are read: what came while this process stood still is looked at before the time is over. */
  #setTimer(card: number, ms: number): void {
    this.#clearTimer(card);
    const timer = setTimeout(
      () =>
        setImmediate(() => {
          if (this.#timers.get(card) === timer) this.#apply(card, { type: 'deadline' });
        }),
      ms,
    );
    this.#timers.set(card, timer);
  }

  #clearTimer(card: number): void {
    clearTimeout(this.#timers.get(card));
    this.#timers.delete(card);
  }

  #send(message: VerifierMessage): void {
    // A send that fails is a connection that is going: its end arrives as `disconnected`.
    this.#options.prepare(message)();
  }

  #partOf(card: number): PartExam | null {
    const exam = this.#cards.get(card);
    return exam === undefined ? null : presentPart(exam);
  }

  #times(card: number, part: ExamPart): Pick<StepTimes, 'armMs' | 'commitMs'> {
    return (part === 'memory' ? this.#asks.get(card)?.memory : null) ?? this.#options.times;
  }

  #count(at: Standing, change: number): void {
    this.#counts.set(at, (this.#counts.get(at) ?? 0) + change);
  }

  /** Whether some card stands at this step of the part that the device is at. */
  #someAt(at: PartPhase['at']): boolean {
    const { part } = this;
    return part !== null && (this.#counts.get(`${part}/${at}`) ?? 0) > 0;
  }

  #indices(at: PartPhase['at']): number[] {
    const { part } = this;
    return [...this.#cards].flatMap(([card, exam]) => (standingOf(exam) === `${part}/${at}` ? [card] : []));
  }
}

function examOf({ shape, engine, memory }: RoomCard): CardExam {
  return newCardExam(
    { part: 'compute', shape, engine },
    memory === null ? null : { part: 'memory', shape: memory.shape, engine: memory.engine },
  );
}

/** A proof of the card was wrong in a way that convicts its device. */
const isCondemned = ({ compute, memory }: CardExam): boolean =>
  [compute, memory].some((part) => {
    if (part?.phase.at !== 'done') return false;
    const { result } = part.phase;
    return result.kind === 'checked' && codeTable[result.code].hard === true;
  });

function standingOf(exam: CardExam): Standing {
  const part = presentPart(exam);
  return part === null ? 'done' : `${part.task.part}/${part.phase.at}`;
}

function openOf(exam: string, card: number, commitment: Commitment, withinMs: number): ExamOpen {
  const about = { type: 'exam.open', exam, card, withinMs } as const;
  return commitment.part === 'compute'
    ? { ...about, part: 'compute', openings: [...commitment.openings] }
    : { ...about, part: 'memory', openings: [...commitment.openings] };
}
