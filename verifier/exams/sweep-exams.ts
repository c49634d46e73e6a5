import type { CohortRoom, Gathering } from './cohorts.js';
import type { SeedSource } from './seeds.js';

/** How a device takes part in a sweep. */
export interface SweepEntry {
  readonly sweep: string;
  readonly gathering: Gathering;
  readonly seeds: SeedSource;
}

/** A device's exam as part of a sweep. */
export interface EnteredExam {
  readonly room: CohortRoom;
  readonly exam: string;
  readonly cards: readonly number[];
  /** Longest time from a `go` to its commit, milliseconds. */
  readonly answerMs: number;
}

/** What a sweep wants of the examiner. */
export interface SweepExams {
  gather(): Gathering;
  /**
   * Begins an exam of a device that a gathering takes in.
   * @returns null where none can begin now: it is in one, away, leased, or has an outage to show
   */
  enter(device: string, entry: SweepEntry): Promise<EnteredExam | null>;
}
