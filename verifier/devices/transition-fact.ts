import type { RandomBytes } from '../../protocol/clock.js';
import type { Code } from '../../protocol/codes/table.js';
import { newFactId } from '../../protocol/ids.js';
import type { TransitionFact } from '../../scoring/facts/facts.js';
import type { DeviceState } from './devices.js';
import { nextStatus, type TransitionCause } from './transitions.js';

/** The formula whose thresholds decide at present. */
export const formula = 'v1';

/**
 * The fact of a transition, or null where `cause` leads nowhere from the device's present status. It is dated after the one
 * before, which another verifier may have dated by a clock that is ahead of ours: the latest stands.
 */
export function transitionFact(
  state: Pick<DeviceState, 'device' | 'status' | 'statusSince'>,
  cause: TransitionCause,
  why: {
    readonly at: number;
    readonly random: RandomBytes;
    readonly reasons: readonly Code[];
    readonly evidence: readonly string[];
    readonly inputs?: Record<string, number>;
    readonly thresholds?: Record<string, number>;
  },
): TransitionFact | null {
  const to = nextStatus(state.status, cause);
  if (to === null) return null;
  return {
    kind: 'device.transition',
    id: newFactId(why.random),
    at: Math.max(why.at, state.statusSince + 1),
    device: state.device,
    from: state.status,
    to,
    cause,
    reasons: [...why.reasons],
    inputs: why.inputs ?? {},
    thresholds: why.thresholds ?? {},
    formula,
    evidence: [...why.evidence],
  };
}
