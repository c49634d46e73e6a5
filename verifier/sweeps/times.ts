import { limits } from '../../protocol/limits.js';
import type { ExamPart } from '../../protocol/messages/exam.js';

/** How long the steps of a sweep may take, milliseconds. */
export interface SweepTimes {
  /** A leader that is gone is followed by another within this and one renewal. */
  readonly lockMs: number;
  readonly renewMs: number;
  /** So long before its lock ends a leader stops to rely on it: clocks and replies are not exact. */
  readonly marginMs: number;
  /** Verifiers have this long to say which devices could take part. */
  readonly pollMs: number;
  /** From the naming of an instant to the instant: for the word to get round, and for the seeds of many to be made. */
  readonly leadMs: number;
  /** When nine members of ten are ready, or have computed, the others are waited for this long. */
  readonly straggleMs: Readonly<Record<ExamPart, number>>;
  /** No part of a sweep is waited for longer, whatever its members have been given. */
  readonly longestMs: Readonly<Record<ExamPart, number>>;
  /** Added to the time for the last answers before the preimage is told. */
  readonly afterMs: number;
  /** How often the leader looks for what is due, and for what was asked for. */
  readonly dueMs: number;
  /** How often who waits looks at the board, beside being told. */
  readonly lookMs: number;
  /** How often the shared clock is measured while something is waited for, and whether the leader still leads. */
  readonly measureMs: number;
  /** The last of the wait for an instant, in which nothing else is done. */
  readonly spinMs: number;
}

export const sweepTimes: SweepTimes = {
  lockMs: 15_000,
  renewMs: 4_000,
  marginMs: 2_000,
  pollMs: 3_000,
  leadMs: 600,
  straggleMs: { compute: 5_000, memory: 60_000 },
  longestMs: { compute: 2 * 60_000, memory: limits.buildMs + 60_000 },
  afterMs: 1_000,
  dueMs: 1_000,
  lookMs: 150,
  measureMs: 2_000,
  spinMs: 8,
};

/** Whether what is left of all are stragglers, who have waited for nobody else's sake: one in ten at most. */
export const isStraggling = (left: number, all: number): boolean => left <= all / 10;
