import type { Logger } from 'pino';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import type { Catalogue } from '../../scoring/catalogue/catalogue.js';
import type { ExamFact, NetworkFact } from '../../scoring/facts/facts.js';
import type { Hub } from '../connections/hub.js';
import type { Devices } from '../devices/devices.js';
import type { Recorder } from '../devices/recorder.js';
import type { Serial } from '../devices/serial.js';
import type { StepTimes } from './asks.js';
import type { Conclude } from './conclude.js';
import type { Draw } from './part-exam.js';
import type { Pause } from './pauses.js';
import type { RoomOptions } from './room.js';
import type { SavedRooms } from './saved-rooms.js';

/** What the examiner works with. */
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
  /** Checks an answer of a device. */
  readonly check: (
    ...answer: [...Parameters<RoomOptions['check']>, device: string]
  ) => ReturnType<RoomOptions['check']>;
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
  /** When nothing is begun for a device (`Maintenance.pauses`); never where there is none. */
  readonly pausesOf?: (device: string) => readonly Pause[];
  /** Whether this verifier may act for a device (`Homes.isHere`); always where it is absent. */
  readonly isHere?: (device: string) => boolean;
  /** Where exams under way stand for other verifiers; nowhere where there are none. */
  readonly saved?: SavedRooms;
  readonly cohortMs: number;
  readonly examSeconds: number;
  readonly times: StepTimes;
  readonly log: Pick<Logger, 'error'>;
}
