import type { ComputeShape, MemoryShape } from '../../protocol/shapes.js';

/** How long a device has for each step, in milliseconds. The memory part has its own for arming and commit. */
export interface StepTimes {
  readonly armMs: number;
  readonly commitMs: number;
  readonly revealMs: number;
}

/** What one card of a room is asked. */
export interface RoomCard {
  readonly card: number;
  readonly shape: ComputeShape;
  readonly engine: string;
  /** Null where no engine can hold a table on the card. */
  readonly memory: MemoryAsk | null;
}

export interface MemoryAsk {
  readonly shape: MemoryShape;
  readonly engine: string;
  /** Time for building the table. */
  readonly armMs: number;
  /** Time that a walk's commit is waited for. Whether it was fast enough is judged afterwards. */
  readonly commitMs: number;
}
