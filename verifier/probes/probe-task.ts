import { fromHex } from '../../protocol/bytes.js';
import { newProbeId } from '../../protocol/ids.js';
import type { BeaconValue } from '../../protocol/messages/receipt.js';
import { probeSeed } from '../../protocol/transcript.js';
import type { ProbeFact } from '../../scoring/facts/timelock.js';
import { derivedFactId } from '../exams/derived-id.js';
import type { Prepared } from './preparations.js';
import { probeFact } from './probe-fact.js';
import type { ProbeTask } from './probe-run.js';
import type { ProbeResult } from './probe-step.js';
import { probeVerdict } from './probe-verdict.js';
import type { ProberOptions } from './prober-options.js';
import type { OpenEntry } from './transcripts.js';

/** A commit is waited for this many deadlines, so that a slow card gets a figure, not silence. */
const waitTimes = 5;
const waitAtLeastMs = 10_000;
const longestWaitMs = 3600_000;

/** How a probe ends that nobody is left to hear. */
export const oursAlone: ProbeResult = {
  kind: 'ended',
  code: 'probe.ours',
  commitment: null,
  silence: null,
};

/** A new probe of a card, as the next entry of its transcript. */
export function newTask(
  { random, keyOf }: Pick<ProberOptions, 'random' | 'keyOf'>,
  device: string,
  { table, walked, deadlineMs }: Prepared,
  { transcript, index, previous }: OpenEntry,
  beacon: BeaconValue | null,
): ProbeTask {
  const { card, tableSeed, shape } = table;
  const value = beacon === null ? new Uint8Array(32) : fromHex(beacon.value);
  return {
    probe: newProbeId(random),
    device,
    card,
    tableSeed,
    shape: { ...shape, rounds: walked.rounds },
    seed: probeSeed(keyOf(device, transcript), card, index, previous, value),
    transcript,
    index,
    previous,
    withinMs: Math.ceil(Math.min(longestWaitMs, Math.max(waitAtLeastMs, waitTimes * deadlineMs))),
  };
}

export interface AskedProbe {
  readonly task: ProbeTask;
  readonly prepared: Prepared;
  readonly beacon: BeaconValue | null;
  /** Probes of the card in a row, up to the one before, that the line was too slow for. */
  readonly slowInARow: number;
}

/** What goes on record of a probe that has ended now. */
export function judgedProbe(
  { residents, examining, clock }: Pick<ProberOptions, 'residents' | 'examining' | 'clock'>,
  { task, prepared, beacon, slowInARow }: AskedProbe,
  result: ProbeResult,
): ProbeFact {
  const { device, card, tableSeed } = task;
  const { table, deadlineMs, baselineMs } = prepared;
  const verdict = probeVerdict(result, {
    deadlineMs,
    slowInARow,
    collided: examining(device) || residents.get(device, card)?.tableSeed !== tableSeed,
    doubt: residents.doubt(device, card),
  });
  const { purpose } = table;
  const ids = { id: derivedFactId(task.probe), at: clock.now() };
  return probeFact({ ...ids, task, purpose, beacon, deadlineMs, baselineMs, verdict }, result);
}
