import type { ProbeReasonCode } from '../../protocol/codes/table.js';
import { lineOf } from '../../protocol/line.js';
import type { ProbeOutcome } from '../../protocol/status.js';
import { judgeProbe, probeTimeMs } from '../../scoring/judge/probe.js';
import type { Doubt } from '../tables/residents.js';
import type { ProbeResult, Timing } from './probe-step.js';

/** So many probes in a row may be late by the line; the next one is the card's. */
export const slowLines = 2;
/** Share of what a probe was late by that the ping beside it must have been slow by, for the line to be the reason. */
const shareOfLine = 0.5;

/** How an ended probe is called. */
export interface ProbeVerdict {
  readonly outcome: ProbeOutcome;
  readonly code: ProbeReasonCode;
}

export interface VerdictContext {
  /** What the walk is held against, less the line, milliseconds. */
  readonly deadlineMs: number;
  /** Probes of this card in a row, up to the one before, that the line was too slow for. */
  readonly slowInARow: number;
  /** An exam, a table order or an offline report came between: the card may have had to give up the probe for it. */
  readonly collided: boolean;
  /** Why the table may be gone without the card's doing. */
  readonly doubt: Doubt | null;
}

const ours: ProbeVerdict = { outcome: 'ours', code: 'probe.ours' };
const lineLost: ProbeVerdict = { outcome: 'unanswered', code: 'probe.unanswered' };

/**
 * What an ended probe says about its card. A proof with a fault is the card's, whenever it came. For all else nobody is blamed
 * where something of ours came between, where we stood still, or where the line was slow at that very moment.
 */
export function probeVerdict(result: ProbeResult, context: VerdictContext): ProbeVerdict {
  switch (result.kind) {
    case 'unsigned':
      return { outcome: 'failed', code: 'probe.wrong-signature' };
    case 'checked': {
      const { commitment, right, code } = result;
      const proof = { right, opened: commitment.openings.length, code };
      const { elapsedMs, roundTripMs } = commitment;
      const verdict = judgeProbe({ elapsedMs, roundTripMs, deadlineMs: context.deadlineMs, proof });
      if (verdict.code !== 'probe.late') return verdict;
      return whoWasLate(commitment, context, verdict);
    }
    case 'ended':
      return whyEnded(result, context);
  }
}

function whyEnded(
  { code, silence }: Extract<ProbeResult, { kind: 'ended' }>,
  context: VerdictContext,
): ProbeVerdict {
  switch (code) {
    case 'probe.ours':
      return ours;
    case 'probe.unanswered':
      return lineLost;
    case 'probe.no-table':
      if (context.collided || context.doubt === 'ours') return ours;
      return context.doubt === 'line' ? lineLost : { outcome: 'failed', code };
    case 'probe.missed': {
      if (context.collided) return ours;
      const missed: ProbeVerdict = { outcome: 'failed', code };
      return silence === null ? missed : whoWasLate(silence, context, missed);
    }
  }
}

/** @param otherwise where it was the card */
function whoWasLate(
  { elapsedMs, roundTripMs, lagMs, pingMs }: Timing,
  { deadlineMs, slowInARow, collided }: VerdictContext,
  otherwise: ProbeVerdict,
): ProbeVerdict {
  // Our standstill is not taken off the time, but where it may be all that was slow the probe is ours.
  if (collided || probeTimeMs(elapsedMs - lagMs, roundTripMs) <= deadlineMs) return ours;
  const lateByMs = probeTimeMs(elapsedMs, roundTripMs) - deadlineMs;
  const lineWasSlow = pingMs - lineOf(roundTripMs) >= shareOfLine * lateByMs;
  if (!lineWasSlow) return otherwise;
  // A device can hold back the ping as well as its answer: not for ever.
  if (slowInARow >= slowLines) return { outcome: 'failed', code: 'probe.late' };
  return { outcome: 'unanswered', code: 'probe.slow-line' };
}
