import type { ExamRoom } from './room.js';
import type { ExamSubject } from './saved-rooms.js';

/** An exam under way. */
export interface Sitting {
  readonly room: ExamRoom;
  readonly subject: ExamSubject;
  /** The device may be at home elsewhere: what stands in the hot state is not ours to change any more. */
  lapsed: boolean;
  /** Settles when it is on record, or could not be recorded; null before its end. */
  concluding: Promise<void> | null;
}
