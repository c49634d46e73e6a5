import type { ExamRoom } from './room.js';

/** Devices that were armed together. A room is in one cohort at most, the last that armed it. */
interface Cohort {
  readonly rooms: Set<CohortRoom>;
  /** Those of them in which some card may still get ready. */
  readonly arming: Set<CohortRoom>;
}

/** What a cohort wants of a room. */
export type CohortRoom = Pick<ExamRoom, 'arming' | 'arm' | 'go'>;

/**
 * Starts exams together. Devices that wait are armed as one cohort and get `go` at one instant, so that identities
 * which share a chip share its time (docs/protocol.md section 5). The first device to wait opens a window; all that
 * come while it is open join. A cohort waits for its own members only, and no longer than their time for arming.
 */
export class Cohorts {
  readonly #windowMs: number;
  #waiting = new Set<CohortRoom>();
  readonly #cohorts = new Map<CohortRoom, Cohort>();
  #window: NodeJS.Timeout | null = null;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  join(room: CohortRoom): void {
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
    this.#settle(cohort, room);
  }

  /** A card of the room got ready or dropped out. */
  moved(room: CohortRoom): void {
    const cohort = this.#cohorts.get(room);
    if (cohort !== undefined && !room.arming) this.#settle(cohort, room);
  }

  close(): void {
    if (this.#window !== null) clearTimeout(this.#window);
    this.#window = null;
    this.#waiting.clear();
    this.#cohorts.clear();
  }

  #start(): void {
    this.#window = null;
    const rooms = this.#waiting;
    this.#waiting = new Set();
    const cohort: Cohort = { rooms, arming: new Set(rooms) };
    for (const room of rooms) {
      // One that is asked again belongs to where it is armed now, and no longer holds up where it was.
      this.leave(room);
      this.#cohorts.set(room, cohort);
    }
    for (const room of [...rooms]) room.arm();
    for (const room of [...rooms]) this.moved(room);
  }

  #settle(cohort: Cohort, room: CohortRoom): void {
    if (!cohort.arming.delete(room) || cohort.arming.size > 0) return;
    for (const member of cohort.rooms) this.#cohorts.delete(member);
    for (const member of cohort.rooms) member.go();
  }
}
