import type { DeviceStatus, ExamOutcome } from '../../protocol/status.js';
import { meanBetweenExamsMs } from '../../scoring/catalogue/exam-load.js';
import type { ExamResult } from '../../scoring/queries/exams.js';
import type { DeviceState } from '../devices/devices.js';
import { budgetSpanMs, type LoadSoFar, loadSoFar } from './load-budget.js';
import { afterPauses, type Pause } from './pauses.js';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/** Mean time between routine exams: nobody can tell when the next one comes. */
const meansMs = { verified: meanBetweenExamsMs, suspended: 1 * hour } as const;
/**
 * No exam comes later after the one before, however often the device reconnects: to earn it needs a pass within a day,
 * and must not lose that by our plan. An hour is left for a second try.
 */
const longestMs = 23 * hour;
/** Mean time between exams that come beside the load budget. A device knows what it was asked: it must not know when it is safe. */
const besideMs = 48 * hour;

/** What the plan depends on. */
export interface PlanInputs {
  readonly status: DeviceStatus;
  /** How the last exam ended; null when there was none since the device connected. */
  readonly last: ExamOutcome | null;
  /** Exams in a row, up to the last, that ended as it did. */
  readonly inARow: number;
  /** Milliseconds since the last exam ended; null when there was none. */
  readonly sinceLastMs: number | null;
  /** What exams and sweeps have cost it within a day; nothing where absent. */
  readonly load?: LoadSoFar;
  /** Uniform in [0, 1). */
  readonly uniform: number;
}

/**
 * Milliseconds until a connected device's next exam; null when none is planned. Routine exams form a Poisson process:
 * it has no memory, so reconnecting neither hastens nor delays one. About one gap in fifty is cut at its longest.
 *
 * While the load budget has no room for one more, the process goes on at an eighth of its pace, and the one exam a day comes that
 * a device needs to earn. What broke off is asked again beside the budget: else silence would buy rest.
 */
export function nextExamMs(inputs: PlanInputs): number | null {
  const { status, last, inARow, sinceLastMs } = inputs;
  switch (status) {
    case 'quarantined':
    case 'retired':
      return null;
    case 'enrolled':
      return 0;
    case 'examining':
      if (last === 'unanswered') return Math.max(0, backoff(5 * second, inARow, hour) - (sinceLastMs ?? 0));
      if (last === 'failed') return Math.max(0, backoff(10 * minute, inARow, 6 * hour) - (sinceLastMs ?? 0));
      return last === 'ours' ? ours(inARow) : 0;
    case 'rejected':
      // After a pass it was rejected for its history: passes are what it needs.
      return Math.max(0, backoff(10 * minute, last === 'failed' ? inARow : 1, 6 * hour) - (sinceLastMs ?? 0));
    case 'verified':
    case 'suspended':
      if (last === 'ours') return ours(inARow);
      if (last === 'unanswered') return Math.max(0, backoff(minute, inARow, hour) - (sinceLastMs ?? 0));
      return Math.min(routineMs(status, inputs), Math.max(0, longestMs - (sinceLastMs ?? 0)));
  }
}

/**
 * A device is asked as often as ever: what sweeps ask of it, its own exams don't. One a day in the mean stays its own. While the
 * budget has no room the process goes on much more slowly.
 */
function routineMs(
  status: keyof typeof meansMs,
  { load = { sweeps: 0, roomInMs: 0 }, uniform }: PlanInputs,
): number {
  const exams = Math.max(1, budgetSpanMs / meansMs[status] - load.sweeps);
  const besideIn = exponential(besideMs, uniform);
  if (besideIn < load.roomInMs) return besideIn;
  return load.roomInMs + (besideIn - load.roomInMs) * (budgetSpanMs / exams / besideMs);
}

/** What the plan of a device is made of. */
export interface Plan {
  readonly state: Pick<DeviceState, 'status' | 'lastExamAt'>;
  readonly outcomes: readonly ExamResult[];
  /** Something speaks against it. */
  readonly urgent: boolean;
  readonly pauses: readonly Pause[];
  /** Milliseconds since 1970. */
  readonly now: number;
  /** In [0, 1), another at each call. */
  readonly uniform: () => number;
}

/** Milliseconds until a connected device's next exam, after what it has shown, cost and declared; null when none is planned. */
export function planExam({ state, outcomes, urgent, pauses, now, uniform }: Plan): number | null {
  const { status, lastExamAt } = state;
  const sinceLastMs = lastExamAt === null ? null : now - lastExamAt;
  const load = loadSoFar(status, outcomes, now);
  const delay = nextExamMs({ status, ...lastExam(outcomes), sinceLastMs, load, uniform: uniform() });
  if (delay === null) return null;
  return afterPauses(urgent ? 0 : delay, pauses, now, uniform());
}

/** At once, but a fault of ours that stays must not become a load on everybody's cards. */
const ours = (inARow: number): number => (inARow <= 3 ? 0 : backoff(5 * second, inARow - 3, 5 * minute));

function backoff(firstMs: number, inARow: number, mostMs: number): number {
  return Math.min(mostMs, firstMs * 2 ** Math.max(0, inARow - 1));
}

function exponential(meanMs: number, uniform: number): number {
  return -Math.log(1 - uniform) * meanMs;
}

/**
 * How the last exam of a device ended, over all its cards, and how often in a row it ended so.
 *
 * @param outcomes of all cards in order; the cards of one exam share their time
 */
export function lastExam(outcomes: readonly Pick<ExamResult, 'at' | 'outcome'>[]): {
  last: ExamOutcome | null;
  inARow: number;
} {
  const exams: { at: number; worst: ExamOutcome }[] = [];
  for (const { at, outcome } of outcomes) {
    const exam = exams.at(-1);
    if (exam?.at === at) exam.worst = worse(exam.worst, outcome);
    else exams.push({ at, worst: outcome });
  }
  const last = exams.at(-1)?.worst ?? null;
  const different = exams.findLastIndex(({ worst }) => worst !== last);
  return { last, inARow: exams.length - 1 - different };
}

const fromWorst: readonly ExamOutcome[] = ['failed', 'unanswered', 'ours', 'passed'];
const worse = (a: ExamOutcome, b: ExamOutcome): ExamOutcome =>
  fromWorst.indexOf(a) <= fromWorst.indexOf(b) ? a : b;
