import { fromHex, toHex } from '../../protocol/bytes.js';
import type { BeaconValue } from '../../protocol/messages/receipt.js';
import type { TablePurpose } from '../../protocol/messages/table.js';
import { nextTag, noRoot } from '../../protocol/transcript.js';
import type { ProbeFact } from '../../scoring/facts/timelock.js';
import type { ProbeTask } from './probe-run.js';
import type { ProbeCommitment, ProbeResult } from './probe-step.js';
import type { ProbeVerdict } from './probe-verdict.js';

export interface ProbeFactContext {
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly task: ProbeTask;
  readonly purpose: TablePurpose;
  readonly beacon: BeaconValue | null;
  readonly deadlineMs: number;
  readonly baselineMs: number | null;
  readonly verdict: ProbeVerdict;
}

/** What goes on record of a probe: the verdict, and all that is needed to reach it again. */
export function probeFact(context: ProbeFactContext, result: ProbeResult): ProbeFact {
  const { id, at, task, purpose, beacon, deadlineMs, baselineMs, verdict } = context;
  const { device, card, probe, transcript, index, tableSeed, shape, seed, previous } = task;
  const { commitment } = result;
  const root = rootOf(commitment);
  return {
    kind: 'probe.finished',
    id,
    at,
    device,
    card,
    probe,
    transcript,
    index,
    tag: toHex(nextTag(previous, index, root)),
    root: toHex(root),
    tableSeed,
    purpose,
    rounds: shape.rounds,
    seed: toHex(seed),
    beacon,
    openings: [...(commitment?.openings ?? [])],
    walkersRight: result.kind === 'checked' ? result.right : 0,
    ...verdict,
    elapsedMs: commitment?.elapsedMs ?? null,
    roundTripMs: commitment?.roundTripMs ?? null,
    lagMs: commitment?.lagMs ?? null,
    deadlineMs,
    baselineMs,
    load: result.kind === 'ended' ? null : result.answer.load,
    // One that is not right is none.
    signature: result.kind === 'checked' ? result.answer.signature : null,
  };
}

/** Root of the last round, 32 bytes; zeros where nothing was committed. */
export const rootOf = (commitment: ProbeCommitment | null): Uint8Array => {
  const root = commitment?.roots.at(-1);
  return root === undefined ? noRoot : fromHex(root);
};
