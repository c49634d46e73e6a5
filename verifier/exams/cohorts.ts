import type { ExamRoom } from './room.js';

/** What a cohort wants of a room. */
export type CohortRoom = Pick<ExamRoom, 'part' | 'arming' | 'arm' | 'go'>;

/**
 * Devices that go through the parts of their exams together. A room is in one cohort at most, the last that took it.
 * `arming`: those that owe the compute part get ready for it. `computing`: they have gone, and the tables wait until each
 * has ended that part. `building`: the tables are made.
 */
interface Cohort {
  readonly rooms: Set<CohortRoom>;
  stage: 'arming' | 'computing' | 'building';
}

/**
 * Starts exams together. Devices that wait are armed as one cohort and get `go` at one instant, once for the compute part
 * and once for the walk, so that identities which share a chip share its time and must hold their tables side by side
 * (docs/protocol.md section 5). The first device to wait opens a window; all that come while it is open join. A cohort waits
 * for its own members only, and no longer than their own time for the step that they are at.
 *
 * A room that owes the compute part again leaves for another cohort and takes its tables with it. One that owes its tables
 * again builds with the next cohort, when that one does.
 */
export class Cohorts {
  readonly #windowMs: number;
  #waiting = new Set<CohortRoom>();
  readonly #cohorts = new Map<CohortRoom, Cohort>();
  #window: NodeJS.Timeout | null = null;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** The room waits for a cohort, unless it is in one that will still ask it for its tables. */
  join(room: CohortRoom): void {
    const cohort = this.#cohorts.get(room);
    if (cohort !== undefined && cohort.stage !== 'building' && room.part === 'memory') return;
    // One that is asked again belongs to where it will be armed, and no longer holds up where it was.
    this.leave(room);
    this.#waiting.add(room);
    this.#window ??= setTimeout(() => this.#start(), this.#windowMs);
  }

  /** The room waits no more, and is no longer waited for. */
  leave(room: CohortRoom): void {
    this.#waiting.delete(room);
    const cohort = this.#cohorts.get(room);
    if (cohort === undefined) return;
    this.#cohorts.delete(room);
    cohort.rooms.delete(room);
    this.#advance(cohort);
  }

  /** A card of the room got ready, came to the end of a part, or dropped out. */
  moved(room: CohortRoom): void {
    const cohort = this.#cohorts.get(room);
    if (cohort !== undefined) this.#advance(cohort);
  }

  close(): void {
    if (this.#window !== null) clearTimeout(this.#window);
    this.#window = null;
    this.#waiting.clear();
    this.#cohorts.clear();
  }

  #start(): void {
    this.#window = null;
    const cohort: Cohort = { rooms: this.#waiting, stage: 'arming' };
    this.#waiting = new Set();
    for (const room of cohort.rooms) this.#cohorts.set(room, cohort);
    for (const room of [...cohort.rooms]) if (room.part === 'compute') room.arm();
    this.#advance(cohort);
  }

  /** Takes a cohort as far as its members have come. Rooms call back while they are asked: each stage is set before. */
  #advance(cohort: Cohort): void {
    const { rooms } = cohort;
    if (cohort.stage === 'arming' && !some(rooms, ({ arming }) => arming)) {
      cohort.stage = 'computing';
      for (const room of [...rooms]) if (room.part === 'compute') room.go();
    }
    if (cohort.stage === 'computing' && !some(rooms, ({ part }) => part === 'compute')) {
      cohort.stage = 'building';
      for (const room of [...rooms]) if (room.part !== 'memory') this.#drop(cohort, room);
      for (const room of [...rooms]) room.arm();
    }
    if (cohort.stage === 'building' && !some(rooms, ({ arming }) => arming)) {
      const built = [...rooms];
      for (const room of built) this.#drop(cohort, room);
      for (const room of built) room.go();
    }
  }

  #drop(cohort: Cohort, room: CohortRoom): void {
    cohort.rooms.delete(room);
    this.#cohorts.delete(room);
  }
}

const some = (rooms: Iterable<CohortRoom>, is: (room: CohortRoom) => boolean): boolean => [...rooms].some(is);
