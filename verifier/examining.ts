import { randomInt } from 'node:crypto';
import { drawOpenings } from '../challenges/compute/openings.js';
import { drawWalkers } from '../challenges/memory/openings.js';
import { fromHex } from '../protocol/bytes.js';
import { makeConclude } from './exams/conclude.js';
import { Examiner } from './exams/examiner.js';
import type { ExaminerOptions } from './exams/examiner-options.js';
import type { LoopLag } from './exams/loop-lag.js';
import { SavedRooms } from './exams/saved-rooms.js';
import type { HardwareBook } from './hardware/hardware-book.js';
import { examEnd } from './metrics/exam-end.js';
import { NetworkExams } from './network/network-exams.js';
import type { Lane } from './proofs/lanes.js';
import type { ProofPool } from './proofs/pool.js';
import type { Services } from './services.js';

/** A commit may take this many times what a usual card of the class takes: so slow a card gets a figure, not silence. */
const commitTimes = 10;
const commitAtLeastMs = 10_000;

export interface ExaminingParts
  extends Pick<
      Services,
      'options' | 'clock' | 'random' | 'log' | 'devices' | 'recorder' | 'serial' | 'hub' | 'state' | 'metrics'
    >,
    Pick<ExaminerOptions, 'uniform' | 'whenShown' | 'concluded' | 'pausesOf' | 'isHere'> {
  readonly proofs: ProofPool;
  readonly lag: LoopLag;
  /** What devices said of their hardware. */
  readonly hardware: Pick<HardwareBook, 'standing'>;
}

/** The examiner with all that it asks, wired. */
export function openExaminer(parts: ExaminingParts): Examiner {
  const { options, clock, random, hub, log, metrics, proofs, lag, state } = parts;
  const commitMs = Math.max(commitAtLeastMs, options.examSeconds * 1000 * commitTimes);
  const network = new NetworkExams({
    hub,
    clock,
    random,
    observe: (measured, device) => {
      metrics.lineMeasured(measured);
      log.info({ device, measured }, 'line measured');
    },
    log,
    settings: options.network,
  });
  return new Examiner({
    ...parts,
    catalogue: options.catalogue,
    check: checkWith(proofs, (device) =>
      parts.devices.get(device)?.status === 'verified' ? 'proven' : 'newcomer',
    ),
    draw: {
      compute: (shape) => drawOpenings(shape, options.openings, randomInt),
      memory: (shape) => drawWalkers(shape, options.walkerOpenings, randomInt),
    },
    measureNetwork: (device, exam) => network.measure(device, exam),
    lagBetween: (from, to) => lag.longestBetween(from, to),
    conclude: makeConclude({
      ...parts,
      catalogue: options.catalogue,
      commitMs,
      observe: examEnd(metrics, log),
    }),
    // Alone, a verifier leaves nothing to others: what runs when it stops is asked again.
    saved: new SavedRooms({ state: options.redisUrl === null ? null : state, clock, log }),
    cohortMs: options.cohortMs,
    examSeconds: options.examSeconds,
    times: { armMs: options.armMs, revealMs: options.revealMs, commitMs },
  });
}

const checkWith =
  (proofs: ProofPool, laneOf: (device: string) => Lane): ExaminerOptions['check'] =>
  (commitment, reveals, device) => {
    const lane = laneOf(device);
    const roots = commitment.roots.map(fromHex);
    const seed = fromHex(commitment.seed);
    if (commitment.part === 'compute') {
      const { part, shape, openings } = commitment;
      return proofs.check({ part, shape, seed, roots, openings, reveals }, lane);
    }
    const { part, shape, openings } = commitment;
    const tableSeed = fromHex(commitment.tableSeed);
    return proofs.check({ part, shape, tableSeed, walkSeed: seed, roots, openings, reveals }, lane);
  };
