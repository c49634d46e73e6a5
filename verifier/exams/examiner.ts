import type { Logger } from 'pino';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import type { ExamErrorCode } from '../../protocol/codes/table.js';
import { newExamId } from '../../protocol/ids.js';
import type { CardMessage } from '../../protocol/messages/exam.js';
import type { Catalogue } from '../../scoring/catalogue/catalogue.js';
import type { ExamFact, NetworkFact } from '../../scoring/facts/facts.js';
import type { Hub } from '../connections/hub.js';
import type { DeviceState, Devices } from '../devices/devices.js';
import type { Recorder } from '../devices/recorder.js';
import type { Serial } from '../devices/serial.js';
import { transitionFact } from '../devices/transition-fact.js';
import type { CardRecord } from './card-exam.js';
import { Cohorts } from './cohorts.js';
import type { Conclude } from './conclude.js';
import { type ExaminedCard, examinedCards, isExaminable } from './examined-cards.js';
import type { Draw } from './part-exam.js';
import { ExamRoom, type RoomOptions, type StepTimes } from './room.js';
import { lastExam, nextExamMs } from './schedule.js';
import { statusMessage } from './status-message.js';

export interface ExaminerOptions {
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Uniform in [0, 1). */
  readonly uniform: () => number;
  readonly catalogue: Catalogue;
  readonly hub: Hub;
  readonly devices: Devices;
  readonly recorder: Recorder;
  readonly serial: Serial;
  readonly check: RoomOptions['check'];
  readonly draw: Draw;
  /** Measures a device's line while its tables are built. Null where it could not; bounded in time, never rejects. */
  readonly measureNetwork: (device: string, exam: string) => Promise<NetworkFact | null>;
  /** Longest standstill of our own between two instants, milliseconds (`LoopLag.longestBetween`). */
  readonly lagBetween: (from: number, to: number) => number;
  readonly conclude: Conclude;
  /**
   * Calls back when nothing of the device's last outage is to be shown any more: an exam ends the tables that it shows it with.
   * Not at all where its line goes before; then the next connection brings a new plan.
   */
  readonly whenShown: (device: string, then: () => void) => void;
  /** An exam is over and on record, and the device is in none any more. Never throws. */
  readonly concluded: (device: string, facts: readonly ExamFact[]) => void;
  readonly cohortMs: number;
  readonly examSeconds: number;
  readonly times: StepTimes;
  readonly log: Pick<Logger, 'error'>;
}

/** Pause before an exam is tried again that could not be begun or recorded. */
const retryMs = 30_000;

/** A line is measured once a day; an hour is left for the next exam to come. */
const networkEveryMs = 23 * 3600_000;

/** Longest delay that a Node timer takes; longer plans are made again when it is over. */
const longestTimerMs = 2 ** 31 - 1;

type Asker = (facts: readonly ExamFact[] | null) => void;

/** Decides when each device is examined and holds its room. How an exam ends is `conclude.ts`. */
export class Examiner {
  readonly #options: ExaminerOptions;
  readonly #cohorts: Cohorts;
  readonly #rooms = new Map<string, ExamRoom>();
  readonly #plans = new Map<string, NodeJS.Timeout>();
  /** Devices that are examined as soon as they can be; lives on through a lost line, which else would be a way out. */
  readonly #urgent = new Set<string>();
  /** Devices whose cards are somebody's: only who asks for an exam by `examineNow` gets one. */
  readonly #held = new Set<string>();
  readonly #askers = new Map<string, Asker[]>();
  #closed = false;

  constructor(options: ExaminerOptions) {
    this.#options = options;
    this.#cohorts = new Cohorts(options.cohortMs);
  }

  /** Devices in exams at present. */
  get rooms(): number {
    return this.#rooms.size;
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
    return new Promise((resolve) => {
      this.#askers.set(device, [...(this.#askers.get(device) ?? []), resolve]);
      if (!this.#rooms.has(device)) this.#replan(device);
    });
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
    const room = this.#rooms.get(device);
    if (room === undefined) return this.#plan(device);
    room.connected();
    if (room.waits) this.#cohorts.join(room);
    this.#tell(device, 0);
  }

  disconnected(device: string): void {
    this.#cancelPlan(device);
    const room = this.#rooms.get(device);
    if (room === undefined) return;
    this.#cohorts.leave(room);
    room.disconnected();
  }

  /**
   * @param at monotonic milliseconds of the arrival
   * @returns the code with which the message is refused, or null
   */
  receive(device: string, message: CardMessage, at: number): ExamErrorCode | null {
    const room = this.#rooms.get(device);
    return room === undefined ? 'exam.unknown' : room.receive(message, at);
  }

  /**
   * The device has enrolled anew.
   * @param otherHardware it claims other cards: what runs is about cards that it no longer has
   */
  enrolled(device: string, otherHardware: boolean): void {
    const room = this.#rooms.get(device);
    if (room === undefined) this.#replan(device);
    else if (otherHardware) room.hardwareChanged();
  }

  /** Cancels everything. Exams that run leave no trace: they are asked again, and nobody is marked. */
  close(): void {
    this.#closed = true;
    this.#cohorts.close();
    for (const device of [...this.#plans.keys()]) this.#cancelPlan(device);
    for (const room of this.#rooms.values()) room.close();
    this.#rooms.clear();
    for (const device of [...this.#askers.keys()]) this.#answer(device, null);
  }

  async #plan(device: string): Promise<void> {
    this.#cancelPlan(device);
    const history = await this.#options.devices.history(device);
    const state = this.#options.devices.get(device);
    if (this.#closed || state === undefined || this.#options.hub.get(device) === undefined) return;
    // While the history was read another plan may have been made, or a room.
    this.#cancelPlan(device);
    if (this.#rooms.has(device)) return;
    const delay = this.#delay(state, lastExam(history.outcomes));
    if (delay !== null) {
      const timer = setTimeout(
        () => (delay > longestTimerMs ? this.#replan(device) : this.#begin(device)),
        Math.min(delay, longestTimerMs),
      );
      this.#plans.set(device, timer);
    }
    this.#tell(device, delay);
  }

  #delay(state: DeviceState, last: ReturnType<typeof lastExam>): number | null {
    if (!isExaminable(this.#options.catalogue, state)) return null;
    const { clock, uniform } = this.#options;
    if (this.#askers.has(state.device)) return 0;
    if (this.#held.has(state.device)) return null;
    const sinceLastMs = state.lastExamAt === null ? null : clock.now() - state.lastExamAt;
    const delay = nextExamMs({ status: state.status, ...last, sinceLastMs, uniform: uniform() });
    return delay !== null && this.#urgent.has(state.device) ? 0 : delay;
  }

  #replan(device: string): void {
    if (this.#closed) return;
    this.#plan(device).catch((error) =>
      this.#options.log.error({ err: error, device }, 'no exam could be planned'),
    );
  }

  #cancelPlan(device: string): void {
    clearTimeout(this.#plans.get(device));
    this.#plans.delete(device);
  }

  #begin(device: string): void {
    this.#plans.delete(device);
    this.#options.whenShown(device, () => this.#beginNow(device));
  }

  #beginNow(device: string): void {
    if (this.#closed) return;
    this.#options.serial
      .run(device, () => this.#open(device))
      .catch((error) => {
        // The journal took nothing: there is no exam.
        this.#options.log.error({ err: error, device }, 'no exam could be begun');
        this.#retry(device);
      });
  }

  #retry(device: string): void {
    if (this.#closed || this.#options.hub.get(device) === undefined) return;
    this.#cancelPlan(device);
    this.#plans.set(
      device,
      setTimeout(() => this.#begin(device), retryMs),
    );
  }

  async #open(device: string): Promise<void> {
    const { devices, recorder, random, clock, hub } = this.#options;
    const state = devices.get(device);
    if (state === undefined || this.#rooms.has(device)) return;
    if (!isExaminable(this.#options.catalogue, state) || this.#isHeld(device)) return;
    const examined = transitionFact(state, 'examined', {
      at: clock.now(),
      random,
      reasons: ['device.examined'],
      evidence: [],
    });
    if (examined !== null) await recorder.record([examined]);
    // While the journal wrote, the device may have gone, changed, or come back and been given a room.
    const current = devices.get(device);
    if (this.#closed || current === undefined || this.#rooms.has(device) || hub.get(device) === undefined)
      return;
    if (this.#isHeld(device)) return;
    this.#urgent.delete(device);
    const { catalogue, examSeconds, times } = this.#options;
    const cards = examinedCards(catalogue, current, { examSeconds, armMs: times.armMs });
    const room = this.#makeRoom(current, cards);
    this.#rooms.set(device, room);
    this.#cohorts.join(room);
    this.#tell(device, 0);
  }

  #makeRoom(state: DeviceState, cards: readonly ExaminedCard[]): ExamRoom {
    const { device } = state;
    const { clock, random, draw, check, times, hub, lagBetween, log } = this.#options;
    const exam = newExamId(random);
    let network: NetworkFact | null = null;
    const room: ExamRoom = new ExamRoom({
      exam,
      cards,
      times,
      clock,
      random,
      draw,
      check,
      seen: (from, to) => ({
        roundTripMs: hub.get(device)?.roundTripMs ?? null,
        lagMs: lagBetween(from, to),
      }),
      send: (message) => hub.send(device, message),
      measureLine: async () => {
        network = await this.#measureNetwork(device, exam);
      },
      moved: () => this.#moved(device, room),
      uncheckable: (error) =>
        log.error({ err: error, device }, 'a proof could not be checked: the exam is ours'),
      finished: (results) => this.#finish(state, room, cards, results, network),
    });
    return room;
  }

  #finish(
    { device, enrolment }: DeviceState,
    room: ExamRoom,
    cards: readonly ExaminedCard[],
    results: ReadonlyMap<number, CardRecord>,
    network: NetworkFact | null,
  ): void {
    const { serial, conclude, concluded, log } = this.#options;
    const conclusion = {
      device,
      exam: room.exam,
      claims: enrolment.cards,
      cards,
      results,
      network,
    };
    const end = () => {
      this.#rooms.delete(device);
      this.#cohorts.leave(room);
    };
    serial
      .run(device, () => conclude(conclusion))
      .then(
        (facts) => {
          end();
          concluded(device, facts);
          this.#answer(device, facts);
          this.#replan(device);
        },
        (error) => {
          // Nothing is on record, so it counts for nobody. Asked again later: not at once, and not for ever in a circle.
          log.error({ err: error, device }, 'an exam could not be recorded');
          end();
          this.#answer(device, null);
          this.#retry(device);
        },
      );
  }

  /** To all who asked for an exam of the device. */
  #answer(device: string, facts: readonly ExamFact[] | null): void {
    const askers = this.#askers.get(device) ?? [];
    this.#askers.delete(device);
    for (const answer of askers) answer(facts);
  }

  #isHeld(device: string): boolean {
    return this.#held.has(device) && !this.#askers.has(device);
  }

  /** Null where the line was measured within a day, and where it can't be now: then with the next exam. */
  async #measureNetwork(device: string, exam: string): Promise<NetworkFact | null> {
    const { devices, clock, measureNetwork, log } = this.#options;
    try {
      const { network } = await devices.history(device);
      if (network !== null && clock.now() - network.at < networkEveryMs) return null;
      return await measureNetwork(device, exam);
    } catch (error) {
      log.error({ err: error, device }, 'a line could not be measured');
      return null;
    }
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
