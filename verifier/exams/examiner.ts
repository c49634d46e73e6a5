import type { ExamErrorCode } from '../../protocol/codes/table.js';
import { newExamId } from '../../protocol/ids.js';
import type { CardMessage } from '../../protocol/messages/exam.js';
import type { ExamFact, NetworkFact } from '../../scoring/facts/facts.js';
import type { DeviceState } from '../devices/devices.js';
import type { ExamHistory } from '../devices/histories.js';
import { transitionFact } from '../devices/transition-fact.js';
import { awaitsClass } from './asked-class.js';
import { Askers } from './askers.js';
import type { CardRecord } from './card-exam.js';
import { Cohorts, type Gathering } from './cohorts.js';
import { examinedCards, isExaminable, longestAnswerMs } from './examined-cards.js';
import type { ExaminerOptions } from './examiner-options.js';
import { isConcluded, makeRoom, type RoomBegin } from './make-room.js';
import { pauseAt } from './pauses.js';
import type { ExamRoom } from './room.js';
import { SavedRooms } from './saved-rooms.js';
import { planExam } from './schedule.js';
import type { Sitting } from './sitting.js';
import { statusMessage } from './status-message.js';
import type { EnteredExam, SweepEntry } from './sweep-exams.js';
import { DeviceTimers } from './timers.js';

/** Pause before an exam is tried again that could not be begun or recorded. */
const retryMs = 30_000;

/** Decides when each device is examined and holds its room. How an exam ends is `conclude.ts`. */
export class Examiner {
  readonly #options: ExaminerOptions;
  readonly #cohorts: Cohorts;
  readonly #rooms = new Map<string, Sitting>();
  readonly #plans = new DeviceTimers();
  /** Devices that are examined as soon as they can be; lives on through a lost line, which else would be a way out. */
  readonly #urgent = new Set<string>();
  /** Devices whose cards are somebody's: only who asks for an exam by `examineNow` gets one. */
  readonly #held = new Set<string>();
  readonly #askers = new Askers();
  readonly #saved: SavedRooms;
  #stopped = false;
  #ending = false;
  #closed = false;

  constructor(options: ExaminerOptions) {
    this.#options = options;
    this.#cohorts = new Cohorts(options.cohortMs);
    this.#saved = options.saved ?? new SavedRooms({ ...options, state: null });
  }

  /** Devices in exams at present. */
  get rooms(): number {
    return this.#rooms.size;
  }

  /** Of those, devices that are connected: their exams come to an end by themselves. */
  get answering(): number {
    return [...this.#rooms.keys()].filter((device) => this.#options.hub.get(device) !== undefined).length;
  }

  /** Whether the device has an exam that is not over: it may be waiting for its cohort, or for its line. */
  examining(device: string): boolean {
    return this.#rooms.has(device);
  }

  /**
   * Something speaks against a device that is verified or suspended: its next exam begins now, or when it is connected again.
   * While it is held nothing begins, as no card can show that it is whole while somebody else uses it.
   */
  soon(device: string): void {
    const status = this.#options.devices.get(device)?.status;
    if (this.#closed || this.#rooms.has(device) || (status !== 'verified' && status !== 'suspended')) return;
    this.#urgent.add(device);
    this.#saved.urgent(device, true);
    this.#replan(device);
  }

  /**
   * The next exam of the device, begun now or when it is connected again; one that runs is that exam. Also while it is held.
   *
   * @returns all cards' facts when they are on record; null where it cannot be examined (unknown, without a card for an
   *   engine, quarantined, retired, or we close) and where we could not record the exam. Waits for ever while the device is away.
   */
  examineNow(device: string): Promise<readonly ExamFact[] | null> {
    const state = this.#options.devices.get(device);
    const never = state === undefined || state.status === 'quarantined' || state.status === 'retired';
    if (this.#closed || never || !isExaminable(this.#options.catalogue, state)) return Promise.resolve(null);
    const asked = this.#askers.wait(device);
    if (!this.#rooms.has(device)) this.#replan(device);
    return asked;
  }

  /** A cohort that a sweep brings together. */
  gather(): Gathering {
    return this.#cohorts.gather();
  }

  /**
   * Begins an exam of a device as part of a sweep, now.
   * @returns null where none can begin: it is in one, away, held, or has an outage to show @throws the journal's errors
   */
  async enter(device: string, entry: SweepEntry): Promise<EnteredExam | null> {
    if (this.#closed || this.#stopped || this.#rooms.has(device)) return null;
    let free = false;
    this.#options.whenShown(device, () => {
      free = true;
    });
    if (!free) return null;
    await this.#options.serial.run(device, () => this.#open(device, entry));
    const sitting = this.#rooms.get(device);
    if (sitting?.subject.sweep !== entry.sweep) return null;
    const { exam, cards } = sitting.subject;
    const answerMs = longestAnswerMs(cards, this.#options.times.commitMs);
    return { room: sitting.room, exam, cards: cards.map(({ card }) => card), answerMs };
  }

  /** Holds a device's own exams back, or lets them be planned again. An exam that runs goes on. */
  hold(device: string, held: boolean): void {
    if (held === this.#held.has(device)) return;
    if (held) this.#held.add(device);
    else this.#held.delete(device);
    if (!this.#rooms.has(device)) this.#replan(device);
  }

  /** A device has connected: go on with its exam, or plan the next. */
  async connected(device: string): Promise<void> {
    const room = this.#rooms.get(device)?.room;
    if (room === undefined) return this.#planSurely(device);
    room.connected();
    if (room.waits) this.#cohorts.join(room);
    this.#tell(device, 0);
  }

  disconnected(device: string): void {
    this.#plans.cancel(device);
    const room = this.#rooms.get(device)?.room;
    if (room === undefined) return;
    this.#cohorts.leave(room);
    if (this.#ending) room.homeLost();
    else room.disconnected();
  }

  /**
   * @param at monotonic milliseconds of the arrival
   * @returns the code with which the message is refused, or null
   */
  receive(device: string, message: CardMessage, at: number): ExamErrorCode | null {
    const room = this.#rooms.get(device)?.room;
    return room === undefined ? 'exam.unknown' : room.receive(message, at);
  }

  /**
   * The device has enrolled anew.
   * @param otherHardware it claims other cards: what runs is about cards that it no longer has
   */
  enrolled(device: string, otherHardware: boolean): void {
    const room = this.#rooms.get(device)?.room;
    if (room === undefined) this.#replan(device);
    else if (otherHardware) room.hardwareChanged();
  }

  /**
   * The device is at home here: takes up the exam that it has not ended with another verifier, and what is known against it.
   * @throws TouchstoneError `service.busy`; the record's errors
   */
  async arrive(device: string): Promise<void> {
    if (await this.#saved.isUrgent(device)) this.#urgent.add(device);
    else if (this.#urgent.has(device)) this.#saved.urgent(device, true);
    const saved = await this.#saved.load(device);
    if (saved === null || this.#closed || this.#rooms.has(device)) return;
    // The other verifier may have come as far as the record before it ended.
    const { latest } = await this.#options.devices.history(device);
    if (isConcluded(latest, saved.exam)) return this.#saved.ended(device, saved);
    // What is asked from here on is drawn here: it is no part of a sweep any more.
    this.#sit(device, { ...saved, sweep: null }).resume();
  }

  /**
   * The device goes to another verifier: its line has ended. What it owes stands in the hot state when this resolves, and is
   * forgotten here.
   */
  async leave(device: string): Promise<void> {
    this.#forget(device);
    const sitting = this.#rooms.get(device);
    if (sitting !== undefined) {
      const { room } = sitting;
      this.disconnected(device);
      await sitting.concluding;
      room.close();
      if (this.#rooms.get(device) === sitting) this.#rooms.delete(device);
    }
    await this.#saved.flush(device, sitting?.subject ?? null);
  }

  /** The device may be at home elsewhere: its exam ends as ours, and nobody is marked. What speaks against it still does. */
  async lapse(device: string): Promise<void> {
    const urgent = this.#urgent.has(device);
    this.#forget(device);
    if (urgent) this.#urgent.add(device);
    const sitting = this.#rooms.get(device);
    this.#saved.forget(device, sitting?.subject ?? null);
    if (sitting === undefined) return;
    sitting.lapsed = true;
    sitting.room.endAsOurs();
  }

  /** Exams that run go on, and no other begins: we are about to close. */
  stopBeginning(): void {
    this.#stopped = true;
    this.#plans.cancelAll();
  }

  /** We are about to close: from now on each line that ends is ended by us. */
  beginEnding(): void {
    this.#ending = true;
  }

  /** Cancels everything. Exams that run leave no trace: they are asked again, and nobody is marked. */
  close(): void {
    this.#closed = true;
    this.#cohorts.close();
    this.#plans.cancelAll();
    for (const { room } of this.#rooms.values()) room.close();
    this.#rooms.clear();
    this.#askers.close();
  }

  /** What is planned for the device, and who waits for it. */
  #forget(device: string): void {
    this.#plans.cancel(device);
    this.#held.delete(device);
    this.#urgent.delete(device);
    this.#askers.answer(device, null);
  }

  async #plan(device: string): Promise<void> {
    this.#plans.cancel(device);
    const history = await this.#options.devices.history(device);
    const state = this.#options.devices.get(device);
    if (this.#closed || state === undefined || !this.#isHere(device)) return;
    // While the history was read another plan may have been made, or a room.
    this.#plans.cancel(device);
    if (this.#rooms.has(device)) return;
    const delay = this.#delay(state, history);
    if (delay !== null) this.#plans.set(device, delay, () => this.#begin(device));
    this.#tell(device, delay);
  }

  #delay(state: DeviceState, { outcomes }: ExamHistory): number | null {
    const { device } = state;
    const { catalogue, clock, uniform } = this.#options;
    if (!isExaminable(catalogue, state)) return null;
    if (this.#askers.has(device)) return 0;
    if (this.#held.has(device)) return null;
    const [urgent, pauses] = [this.#urgent.has(device), this.#options.pausesOf?.(device) ?? []];
    return planExam({ state, outcomes, urgent, pauses, now: clock.now(), uniform });
  }

  #replan(device: string): void {
    if (!this.#closed) void this.#planSurely(device);
  }

  /** The record may be away: the line stays, and the plan is made when it is back. */
  async #planSurely(device: string): Promise<void> {
    try {
      await this.#plan(device);
    } catch (error) {
      this.#options.log.error({ err: error, device }, 'no exam could be planned');
      this.#tell(device, null);
      this.#retry(device, () => this.#replan(device));
    }
  }

  #begin(device: string): void {
    this.#options.whenShown(device, () => this.#beginNow(device));
  }

  #beginNow(device: string): void {
    if (this.#closed || this.#stopped) return;
    this.#options.serial
      .run(device, () => this.#open(device))
      .catch((error) => {
        // The journal took nothing: there is no exam.
        this.#options.log.error({ err: error, device }, 'no exam could be begun');
        this.#retry(device);
      });
  }

  #retry(device: string, again = () => this.#begin(device)): void {
    if (this.#closed || this.#options.hub.get(device) === undefined) return;
    this.#plans.set(device, retryMs, again);
  }

  async #open(device: string, entry?: SweepEntry): Promise<void> {
    const { devices, recorder, random, clock } = this.#options;
    const history = await devices.history(device);
    const state = devices.get(device);
    if (state === undefined || this.#rooms.has(device) || !this.#isHere(device)) return;
    if (!isExaminable(this.#options.catalogue, state) || this.#isHeld(device)) return;
    // A window may have been declared since this was planned.
    if (!this.#askers.has(device) && pauseAt(this.#options.pausesOf?.(device) ?? [], clock.now()) !== null)
      return this.#replan(device);
    const examined = transitionFact(state, 'examined', {
      at: clock.now(),
      random,
      reasons: ['device.examined'],
      evidence: [],
    });
    if (examined !== null) await recorder.record([examined]);
    // While the journal wrote, the device may have gone, changed, or come back and been given a room.
    const current = devices.get(device);
    if (this.#closed || current === undefined || this.#rooms.has(device) || !this.#isHere(device)) return;
    if (this.#isHeld(device)) return;
    this.#urgent.delete(device);
    this.#saved.urgent(device, false);
    const { catalogue, examSeconds, times } = this.#options;
    const cards = examinedCards(catalogue, current, { examSeconds, armMs: times.armMs }, history);
    const { sweep = null, seeds } = entry ?? {};
    const exam = newExamId(random);
    const subject = { exam, claims: current.enrolment.cards, cards, sweep, begunAt: clock.now() };
    this.#saved.begun(device, subject);
    const room = this.#sit(device, { ...subject, ...(seeds && { seeds }) });
    if (!entry?.gathering.add(room)) this.#cohorts.join(room);
    this.#tell(device, 0);
  }

  #sit(device: string, { exams, seeds, ...subject }: RoomBegin): ExamRoom {
    const room = makeRoom(
      this.#options,
      device,
      { ...subject, ...(exams && { exams }), ...(seeds && { seeds }) },
      {
        moved: (moved) => this.#moved(device, moved),
        stepped: (card, exam) => {
          if (!sitting.lapsed) this.#saved.stepped(subject.exam, card, exam);
        },
        kept: (card) => this.#saved.kept(device, subject.exam, card),
        finished: (_, results, network) => {
          sitting.concluding = this.#finish(device, sitting, results, network);
        },
      },
    );
    const sitting: Sitting = { room, subject, lapsed: false, concluding: null };
    this.#rooms.set(device, sitting);
    return room;
  }

  async #finish(
    device: string,
    sitting: Sitting,
    results: ReadonlyMap<number, CardRecord>,
    network: NetworkFact | null,
  ): Promise<void> {
    const { serial, conclude, concluded, log } = this.#options;
    const { room, subject } = sitting;
    const conclusion = { ...subject, device, results, network };
    const end = () => {
      this.#rooms.delete(device);
      this.#cohorts.leave(room);
      if (!sitting.lapsed) this.#saved.ended(device, subject);
    };
    try {
      const facts = await serial.run(device, () => conclude(conclusion));
      end();
      concluded(device, facts);
      this.#askers.answer(device, facts);
      // What it was measured as it can show now.
      if (facts.some(awaitsClass)) this.soon(device);
      this.#replan(device);
    } catch (error) {
      // Nothing is on record, so it counts for nobody. Asked again later: not at once, and not for ever in a circle.
      log.error({ err: error, device }, 'an exam could not be recorded');
      end();
      this.#askers.answer(device, null);
      this.#retry(device);
    }
  }

  /** Connected, and at home: something may be begun. */
  #isHere(device: string): boolean {
    const { hub, isHere } = this.#options;
    return hub.get(device) !== undefined && (isHere?.(device) ?? true);
  }

  #isHeld(device: string): boolean {
    return this.#held.has(device) && !this.#askers.has(device);
  }

  #moved(device: string, room: ExamRoom): void {
    this.#cohorts.moved(room);
    if (room.waits && this.#options.hub.get(device) !== undefined && !this.#closed) this.#cohorts.join(room);
  }

  #tell(device: string, delay: number | null): void {
    const state = this.#options.devices.get(device);
    if (state !== undefined) this.#options.hub.send(device, statusMessage(state, delay));
  }
}
