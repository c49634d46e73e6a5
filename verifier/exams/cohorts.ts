import type { ExamPart } from '../../protocol/messages/exam.js';
import type { ExamRoom } from './room.js';

/** What a cohort wants of a room. */
export type CohortRoom = Pick<ExamRoom, 'part' | 'arming' | 'arm' | 'go' | 'prepareGo'>;

/** How far the rooms of a gathering are with the part that they were armed for. */
export interface GatheringProgress {
  /** Null while they compute, and when all have left. */
  readonly part: ExamPart | null;
  /** Rooms that may still become ready, and rooms that are. */
  readonly arming: number;
  readonly ready: number;
}

/**
 * A cohort that somebody else brings together, and lets go: a sweep, whose members stand with several verifiers. It is armed and
 * goes through its parts as any other, but `go` waits for `prepare`.
 */
export interface Gathering {
  /** Takes a room in that nobody else has. @returns false once the gathering was armed */
  add(room: CohortRoom): boolean;
  /** Asks all to get ready for the compute part. */
  arm(): void;
  progress(): GatheringProgress;
  /** Rooms that are still in it, and those of them that have not ended the compute part. */
  computing(): { readonly computing: number; readonly all: number };
  /**
   * Makes `go` ready for the rooms that are. Each function that is returned lets one of them go, at once, and returns what is left
   * to be done for it afterwards; all of both are to be called before anything else happens. Rooms that were not ready are left out: they go together, later.
   */
  prepare(): ReadonlyMap<CohortRoom, () => () => void>;
  /** The tables wait no longer for those that still compute: these are left out. */
  proceed(): void;
  /** Nobody will let it go: from now on it is a cohort like any other. */
  free(): void;
}

/**
 * Devices that go through the parts of their exams together. A room is in one cohort at most, the last that took it.
 * `arming`: those that owe the compute part get ready for it. `computing`: they have gone, and the tables wait until each
 * has ended that part. `building`: the tables are made. A gathering is `gathering` before it is armed.
 */
interface Cohort {
  readonly rooms: Set<CohortRoom>;
  stage: 'gathering' | 'arming' | 'computing' | 'building';
  /** It goes by `prepare` of its gathering only. */
  gated: boolean;
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

  /** A new cohort that only its owner lets go. */
  gather(): Gathering {
    const cohort: Cohort = { rooms: new Set(), stage: 'gathering', gated: true };
    return {
      add: (room) => {
        if (cohort.stage !== 'gathering') return false;
        this.leave(room);
        cohort.rooms.add(room);
        this.#cohorts.set(room, cohort);
        return true;
      },
      arm: () => this.#arm(cohort),
      progress: () => progressOf(cohort),
      computing: () => ({
        computing: [...cohort.rooms].filter(({ part }) => part === 'compute').length,
        all: cohort.rooms.size,
      }),
      prepare: () => this.#prepare(cohort),
      proceed: () => {
        if (cohort.stage !== 'computing') return;
        this.#setApart(cohort, ({ part }) => part === 'compute');
        this.#advance(cohort);
      },
      free: () => {
        cohort.gated = false;
        if (cohort.stage === 'gathering') this.#arm(cohort);
        else this.#advance(cohort);
      },
    };
  }

  close(): void {
    if (this.#window !== null) clearTimeout(this.#window);
    this.#window = null;
    this.#waiting.clear();
    this.#cohorts.clear();
  }

  #start(): void {
    this.#window = null;
    const cohort: Cohort = { rooms: this.#waiting, stage: 'gathering', gated: false };
    this.#waiting = new Set();
    for (const room of cohort.rooms) this.#cohorts.set(room, cohort);
    this.#arm(cohort);
  }

  #arm(cohort: Cohort): void {
    cohort.stage = 'arming';
    for (const room of [...cohort.rooms]) if (room.part === 'compute') room.arm();
    this.#advance(cohort);
  }

  #prepare(cohort: Cohort): ReadonlyMap<CohortRoom, () => () => void> {
    const { stage } = cohort;
    this.#setApart(cohort, ({ arming }) => arming);
    const goes = new Map<CohortRoom, () => () => void>();
    for (const room of [...cohort.rooms]) {
      const go = room.prepareGo();
      if (go !== null) goes.set(room, go);
      if (stage === 'building') this.#drop(cohort, room);
    }
    // Set before anybody goes, as in `#advance`.
    if (stage === 'arming') cohort.stage = 'computing';
    return goes;
  }

  /** Those that are late go on as a cohort of their own: what they were asked is not asked again, and they go together. */
  #setApart(cohort: Cohort, isLate: (room: CohortRoom) => boolean): void {
    const late: Cohort = { rooms: new Set(), stage: cohort.stage, gated: false };
    for (const room of [...cohort.rooms].filter(isLate)) {
      this.#drop(cohort, room);
      late.rooms.add(room);
      this.#cohorts.set(room, late);
    }
  }

  /** Takes a cohort as far as its members have come. Rooms call back while they are asked: each stage is set before. */
  #advance(cohort: Cohort): void {
    const { rooms } = cohort;
    if (cohort.stage === 'arming' && !cohort.gated && !some(rooms, ({ arming }) => arming)) {
      cohort.stage = 'computing';
      for (const room of [...rooms]) if (room.part === 'compute') room.go();
    }
    if (cohort.stage === 'computing' && !some(rooms, ({ part }) => part === 'compute')) {
      cohort.stage = 'building';
      for (const room of [...rooms]) if (room.part !== 'memory') this.#drop(cohort, room);
      for (const room of [...rooms]) room.arm();
    }
    if (cohort.stage === 'building' && !cohort.gated && !some(rooms, ({ arming }) => arming)) {
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

function progressOf({ rooms, stage }: Cohort): GatheringProgress {
  const part = stage === 'arming' ? 'compute' : stage === 'building' ? 'memory' : null;
  const there = [...rooms].filter((room) => room.part === part);
  const arming = there.filter((room) => room.arming).length;
  return { part: there.length > 0 ? part : null, arming, ready: there.length - arming };
}

/** Without a copy: it is asked at each step of each of thousands of rooms. */
function some(rooms: Iterable<CohortRoom>, is: (room: CohortRoom) => boolean): boolean {
  for (const room of rooms) if (is(room)) return true;
  return false;
}
