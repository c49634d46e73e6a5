import type { ProbeReasonCode } from '../../protocol/codes/table.js';
import { atLeastOneTick, lineOf } from '../../protocol/line.js';
import type { TablePurpose } from '../../protocol/messages/table.js';
import type { MemoryShape } from '../../protocol/shapes.js';
import type { CardClass } from '../catalogue/catalogue.js';
import { classDeadlineMs } from '../catalogue/probe-deadline.js';
import { faultOf, isComplete, type ProofFound } from './check.js';
import { quantile } from './quantile.js';

/** Own passed probes from which a card's own deadline is learned: at least, and the last so many. */
const learnedFrom = { least: 5, most: 20 };
/** A card may be twice as slow as usual, and a tenth of a second in any case: no clock of a host is steadier. */
const slack = { factor: 2, leastMs: 100 };
/** Where neither the class nor the card itself says how long a probe takes, milliseconds. */
const unlearnedDeadlineMs = 10_000;
/** Idle probes of which the baseline is made: at least, and the last so many. */
const baselineFrom = { least: 5, most: 50 };

/**
 * A probe's time without its line, milliseconds, never 0. The whole line is taken off, and not a share of the time: a walk of
 * 100 ms over a line of 200 would else be late on every honest card; the sizing rule counts the line in.
 *
 * @param elapsedMs order → commit on the verifier's clock
 * @param roundTripMs smallest seen on that connection; null when none was
 */
export const probeTimeMs = (elapsedMs: number, roundTripMs: number | null): number =>
  atLeastOneTick(elapsedMs - lineOf(roundTripMs));

/** What the deadline of a probe follows from. */
export interface ProbeAsked {
  readonly cardClass: CardClass;
  /** Of the table. */
  readonly shape: MemoryShape;
  /** Of the probe. */
  readonly rounds: number;
  /** `probeTimeMs` of the card's own passed probes of so many rounds on such a table, oldest first. */
  readonly ownMs: readonly number[];
  /** A ballast is asked beside a tenant's work. `whole` when absent. */
  readonly purpose?: TablePurpose;
}

/**
 * Deadline of a probe, of its time without the line, milliseconds: by the class's slowest honest memory, and by the card's own
 * probes where there are five.
 *
 * A ballast of a class with figures has the class's alone: what the tenant does on the card slows it honestly, and what somebody
 * else does shows in the contention index.
 */
export function probeDeadlineMs({ cardClass, shape, rounds, ownMs, purpose = 'whole' }: ProbeAsked): number {
  const { memory } = cardClass;
  const ofClass = memory === null ? null : classDeadlineMs(memory, { ...shape, rounds }, purpose);
  const own = ownDeadlineMs(ownMs);
  if (ofClass === null) return own ?? unlearnedDeadlineMs;
  return own === null || purpose === 'ballast' ? ofClass : Math.min(ofClass, own);
}

function ownDeadlineMs(ownMs: readonly number[]): number | null {
  const last = ownMs.slice(-learnedFrom.most);
  if (last.length < learnedFrom.least) return null;
  const middle = quantile(last, 0.5);
  return Math.max(slack.factor * middle, middle + slack.leastMs);
}

/** A probe that was committed, opened and checked. */
export interface ProbeAnswered {
  /** Order → commit on the verifier's monotonic clock. */
  readonly elapsedMs: number;
  readonly roundTripMs: number | null;
  /** Of `probeDeadlineMs`. */
  readonly deadlineMs: number;
  readonly proof: ProofFound;
}

export interface ProbeJudgement {
  readonly outcome: 'passed' | 'failed';
  readonly code: ProbeReasonCode;
}

/** Judges one probe (docs/protocol.md section 4). What is wrong is wrong, however early or late it came. Pure. */
export function judgeProbe({ elapsedMs, roundTripMs, deadlineMs, proof }: ProbeAnswered): ProbeJudgement {
  if (!isComplete(proof)) {
    const wrongWalk = faultOf(proof) === 'proof.wrong-walk';
    return { outcome: 'failed', code: wrongWalk ? 'probe.wrong-walk' : 'probe.wrong-reveal' };
  }
  if (probeTimeMs(elapsedMs, roundTripMs) > deadlineMs) return { outcome: 'failed', code: 'probe.late' };
  return { outcome: 'passed', code: 'probe.passed' };
}

/**
 * What a probe takes on this card while nothing else runs: the lower quartile of the last 50, null below five. A quartile and
 * not the least: one lucky probe must not make all later ones look slow.
 *
 * @param times `probeTimeMs` of idle probes of the same rounds on the same table, oldest first
 */
export function idleBaselineMs(times: readonly number[]): number | null {
  const last = times.slice(-baselineFrom.most);
  return last.length < baselineFrom.least ? null : quantile(last, 0.25);
}
