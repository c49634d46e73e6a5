import type { Logger } from 'pino';
import type { Clock } from '../../protocol/clock.js';
import type { ExamPart } from '../../protocol/messages/exam.js';
import type { SweepMember } from '../../protocol/messages/sweep.js';
import type { CohortRoom, Gathering } from '../exams/cohorts.js';
import type { SweepExams } from '../exams/sweep-exams.js';
import type { Call, Release, SweepBoard } from './board.js';
import type { SweepSeeds } from './seeds.js';
import type { SharedClock } from './shared-clock.js';
import { isStraggling, type SweepTimes } from './times.js';

export interface LocalSweepOptions {
  readonly self: string;
  readonly board: SweepBoard;
  readonly exams: SweepExams;
  readonly shared: SharedClock;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly times: SweepTimes;
  /** Whether who leads the sweep still does. */
  readonly isLed: (by: string) => Promise<boolean>;
  readonly log: Pick<Logger, 'warn'>;
}

interface Member {
  readonly device: string;
  readonly exam: string;
  readonly cards: readonly number[];
  /** Instants of the shared clock. */
  readonly goes: { compute: number | null; memory: number | null };
}

/**
 * The members of one sweep that are at home here: armed at once, reported, let go at the instant that the leader names. Where no
 * instant comes (the leader is gone, the hot state is away) they go on as an ordinary cohort, and the sweep shows nothing of them.
 */
export class LocalSweep {
  readonly sweep: string;
  readonly #options: LocalSweepOptions;
  readonly #call: Call;
  readonly #seeds: SweepSeeds;
  readonly #gathering: Gathering;
  readonly #members = new Map<CohortRoom, Member>();
  #answerMs = 0;
  #closed = false;
  #look: () => void = () => {};

  constructor(options: LocalSweepOptions, sweep: string, call: Call, seeds: SweepSeeds) {
    this.sweep = sweep;
    this.#options = options;
    this.#call = call;
    this.#seeds = seeds;
    this.#gathering = options.exams.gather();
  }

  /** Takes the members through both parts. Never rejects. @param devices those of the members that are connected here */
  async run(devices: readonly string[]): Promise<void> {
    const { log } = this.#options;
    try {
      await this.#enter(devices);
      this.#gathering.arm();
      await this.#post();
      if ((await this.#part('compute')) && (await this.#computed())) await this.#part('memory');
    } catch (error) {
      log.warn(
        { err: error, sweep: this.sweep },
        'a sweep goes on without us: its members here are examined as usual',
      );
    } finally {
      this.#seeds.end();
      this.#gathering.free();
      await this.#withdraw();
    }
  }

  /** Something new may stand on the board. */
  look(): void {
    this.#look();
  }

  close(): void {
    this.#closed = true;
    this.#look();
  }

  async #enter(devices: readonly string[]): Promise<void> {
    const { exams, shared, log } = this.#options;
    await shared.measure();
    await Promise.all(
      devices.map(async (device) => {
        const entry = { sweep: this.sweep, gathering: this.#gathering, seeds: this.#seeds.of(device) };
        const entered = await exams.enter(device, entry).catch((error: unknown) => {
          log.warn({ err: error, device, sweep: this.sweep }, 'a device could not be taken into a sweep');
          return null;
        });
        if (entered === null) return;
        const { room, exam, cards, answerMs } = entered;
        this.#members.set(room, { device, exam, cards, goes: { compute: null, memory: null } });
        this.#answerMs = Math.max(this.#answerMs, answerMs);
      }),
    );
  }

  /** @returns whether they went */
  async #part(part: ExamPart): Promise<boolean> {
    const { shared, clock } = this.#options;
    const release = await this.#awaitRelease(part);
    if (release === null || release.at === null) return false;
    // All is made ready before the instant, so that at it there is nothing left but to send.
    const goes = this.#seeds.during(part, release.beacon, () => this.#gathering.prepare());
    await this.#until(shared.monotonicAt(release.at));
    const sent = [...goes].map(([room, go]) => ({ room, begin: go(), at: clock.monotonic() }));
    for (const { room, begin, at } of sent) {
      begin();
      const member = this.#members.get(room);
      if (member !== undefined) member.goes[part] = shared.at(at);
    }
    await this.#post();
    return true;
  }

  /** Nobody waits for us any more. */
  async #withdraw(): Promise<void> {
    const { board, self } = this.#options;
    const none = { arming: 0, ready: 0 };
    const said = (['compute', 'memory'] as const).map((part) =>
      board.progress(this.sweep, part).put(self, none),
    );
    await Promise.allSettled(said);
  }

  /** Reports how far the members are, until the leader names an instant. @returns null where none will come */
  async #awaitRelease(part: ExamPart): Promise<Release | null> {
    const { board, self, shared, times, isLed, clock } = this.#options;
    const until = clock.monotonic() + times.longestMs[part];
    let said = '';
    let measuredAt = Number.NEGATIVE_INFINITY;
    while (!this.#closed && clock.monotonic() < until) {
      const { arming, ready } = this.#gathering.progress();
      const now = `${arming}/${ready}`;
      if (now !== said) await board.progress(this.sweep, part).put(self, { arming, ready });
      said = now;
      if (clock.monotonic() - measuredAt > times.measureMs) {
        await shared.measure();
        measuredAt = clock.monotonic();
        if (!(await isLed(this.#call.by))) return null;
      }
      const release = await board.release(this.sweep, part).get();
      if (release !== null) return release;
      await this.#pause(times.lookMs);
    }
    return null;
  }

  /** Waits until the members build their tables. @returns false where none does */
  async #computed(): Promise<boolean> {
    const { clock, times } = this.#options;
    const began = clock.monotonic();
    let mostAt: number | null = null;
    for (;;) {
      const left = this.#gathering.computing();
      if (this.#closed || left.computing === 0) break;
      const now = clock.monotonic();
      if (mostAt === null && isStraggling(left.computing, left.all)) mostAt = now;
      const patience = mostAt === null ? began + times.longestMs.compute : mostAt + times.straggleMs.compute;
      if (now >= patience) this.#gathering.proceed();
      await this.#pause(times.lookMs);
    }
    return !this.#closed && this.#gathering.progress().part === 'memory';
  }

  async #post(): Promise<void> {
    const { board, self, shared } = this.#options;
    const members = [...this.#members.values()].flatMap(({ device, exam, cards, goes }) =>
      cards.map(
        (card): SweepMember => ({
          device,
          card,
          exam,
          computeGoMs: goes.compute,
          memoryGoMs: goes.memory,
          verifier: self,
        }),
      ),
    );
    await board.rolls(this.sweep).put(self, { errorMs: shared.errorMs, answerMs: this.#answerMs, members });
  }

  /** Timers come late by milliseconds, and never early by much: the last of them are waited for by looking at the clock. */
  async #until(instant: number): Promise<void> {
    const { clock, times } = this.#options;
    const ms = instant - clock.monotonic() - times.spinMs;
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
    while (clock.monotonic() < instant);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#look = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
