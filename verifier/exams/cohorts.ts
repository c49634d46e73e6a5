import type { ExamRoom } from './room.js';

/**
 * Starts exams together. Devices that wait are armed as one cohort and get `go` at one instant, so that identities
 * which share a chip share its time (docs/protocol.md section 5). The first device to wait opens a window; all that
 * come while it is open join.
 */
export class Cohorts {
  readonly #windowMs: number;
  #waiting = new Set<ExamRoom>();
  readonly #running = new Set<Set<ExamRoom>>();
  #window: NodeJS.Timeout | null = null;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  join(room: ExamRoom): void {
    this.#waiting.add(room);
    this.#window ??= setTimeout(() => this.#start(), this.#windowMs);
  }

  leave(room: ExamRoom): void {
    this.#waiting.delete(room);
  }

  /** A card of a room got ready or dropped out: release the cohorts in which nobody is arming any more. */
  look(): void {
    for (const cohort of this.#running) {
      if ([...cohort].some((room) => room.arming)) continue;
      this.#running.delete(cohort);
      for (const room of cohort) room.go();
    }
  }

  close(): void {
    if (this.#window !== null) clearTimeout(this.#window);
    this.#window = null;
    this.#waiting.clear();
    this.#running.clear();
  }

  #start(): void {
    this.#window = null;
    const cohort = this.#waiting;
    this.#waiting = new Set();
    this.#running.add(cohort);
    for (const room of cohort) room.arm();
    this.look();
  }
}
