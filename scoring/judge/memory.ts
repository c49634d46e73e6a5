import type { Code } from '../../protocol/codes/table.js';
import { atLeastOneTick, lineOf } from '../../protocol/line.js';
import { type MemoryShape, walkedBytes } from '../../protocol/shapes.js';
import type { Check } from '../../protocol/status.js';
import { type CardClass, unlistedId } from '../catalogue/catalogue.js';
import { faultOf, isComplete, named, type ProofFound, proofCheck, rateCheck } from './check.js';

/** A walk that was committed, opened and checked. */
export interface MemoryResult {
  /** The claimed class: what the bandwidth is held against. */
  readonly class: CardClass;
  readonly shape: MemoryShape;
  /** `arm` → `ready`: the build of the table. */
  readonly buildMs: number | null;
  /** `go` → `commit` on the verifier's monotonic clock. */
  readonly elapsedMs: number;
  /** Smallest round trip seen on the connection; null when none was. */
  readonly roundTripMs: number | null;
  readonly proof: ProofFound;
}

export interface MemoryJudgement {
  readonly outcome: 'passed' | 'failed';
  readonly reasons: Code[];
  /** The claimed class where the walk supports it; `unlisted` for a GPU whose memory nobody has figures for. */
  readonly class: string | null;
  /** 10^9 bytes a second; null where the proof is not complete. */
  readonly bandwidthGBps: number | null;
  /** `memory.proof`, `memory.bandwidth`, `memory.ceiling`, `memory.build`, always all four. */
  readonly checks: Check[];
}

/** Judges the walk of docs/protocol.md section 3 against the class that the card claims. Pure. */
export function judgeMemory(result: MemoryResult): MemoryJudgement {
  const { proof, shape, elapsedMs, roundTripMs } = result;
  const { memory } = result.class;
  if (!isComplete(proof)) return withoutProof(result);
  const rateAt = (milliseconds: number) => walkedBytes(shape) / atLeastOneTick(milliseconds) / 1e6;
  // Nothing is taken off here: a line that became faster must not make an honest card faster than physics.
  const atMost = rateAt(elapsedMs);
  if (memory === null) return unjudged(result, atMost);
  // The whole round trip, and not a share of the time: the sizing rule has already counted its most. A walk much shorter
  // than its line says no more than that the memory is as fast as can be.
  const bandwidthGBps = Math.min(
    rateAt(elapsedMs - lineOf(roundTripMs)),
    Math.max(memory.ceilingGBps, atMost),
  );
  const checks = [
    provenCheck(proof, 'proof.complete'),
    rateCheck('memory.bandwidth', unit, bandwidthGBps, 'at least', memory.lowGBps, {
      fits: 'bandwidth.fits-class',
      otherwise: 'bandwidth.below-class',
    }),
    rateCheck('memory.ceiling', unit, atMost, 'at most', memory.ceilingGBps, {
      fits: 'bandwidth.fits-class',
      otherwise: 'bandwidth.above-physics',
    }),
    buildCheck(result),
  ];
  const reasons = checks.filter(({ verdict }) => verdict === 'fail').map(({ code }) => code as Code);
  if (reasons.length > 0) return { outcome: 'failed', reasons, class: null, bandwidthGBps, checks };
  return { outcome: 'passed', ...confirmed(result.class, memory.basis !== 'prior'), bandwidthGBps, checks };
}

/** A walk that there is nothing to hold against: shown as it was, and nothing more. */
function unjudged(result: MemoryResult, bandwidthGBps: number): MemoryJudgement {
  const shown = {
    measured: bandwidthGBps,
    required: null,
    unit,
    verdict: 'not judged',
    ...named('bandwidth.unmeasured'),
  } as const;
  return {
    outcome: 'passed',
    ...confirmed(result.class, false),
    bandwidthGBps,
    checks: [
      provenCheck(result.proof, 'proof.complete'),
      { check: 'memory.bandwidth', relation: 'at least', ...shown },
      { check: 'memory.ceiling', relation: 'at most', ...shown },
      buildCheck(result),
    ],
  };
}

/** A guess fails nobody and confirms no GPU (ADR 4). */
function confirmed({ id, kind }: CardClass, figures: boolean): { class: string; reasons: Code[] } {
  if (figures) return { class: id, reasons: ['exam.passed'] };
  return { class: kind === 'gpu' ? unlistedId : id, reasons: ['exam.passed', 'bandwidth.unmeasured'] };
}

/** The time of a walk that was not shown says nothing: no bandwidth, no class. */
function withoutProof(result: MemoryResult): MemoryJudgement {
  const { proof } = result;
  const { memory } = result.class;
  const code = faultOf(proof);
  const shown = {
    measured: null,
    unit,
    verdict: 'not judged',
    ...named('bandwidth.not-judged'),
  } as const;
  return {
    outcome: 'failed',
    reasons: [code],
    class: null,
    bandwidthGBps: null,
    checks: [
      provenCheck(proof, code),
      { check: 'memory.bandwidth', required: memory?.lowGBps ?? null, relation: 'at least', ...shown },
      { check: 'memory.ceiling', required: memory?.ceilingGBps ?? null, relation: 'at most', ...shown },
      buildCheck(result),
    ],
  };
}

const provenCheck = (proof: ProofFound, code: ProofFound['code']): Check =>
  proofCheck('memory.proof', 'walkers', proof, code);

const unit = 'GB/s';

/** Shown, never judged: the walk is what proves the table, however long it took to make. */
function buildCheck({ buildMs }: MemoryResult): Check {
  return {
    check: 'memory.build',
    measured: buildMs === null ? null : buildMs / 1000,
    required: null,
    relation: 'at most',
    unit: 's',
    verdict: 'not judged',
    ...named('memory.built'),
  };
}
