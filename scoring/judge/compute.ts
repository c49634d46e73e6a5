import type { Code, ProofCode } from '../../protocol/codes/table.js';
import { type ComputeShape, computeOperations } from '../../protocol/shapes.js';
import type { Check } from '../../protocol/status.js';
import { type CardClass, expectation, unlistedId } from '../catalogue/catalogue.js';
import { named } from './check.js';
import { atLeastOneTick, lineOf } from './line.js';

/** A compute exam that was committed, opened and checked. */
export interface ComputeResult {
  /** The claimed class: what the rate is held against. */
  readonly class: CardClass;
  readonly engine: string;
  readonly shape: ComputeShape;
  /** `go` → `commit` on the verifier's monotonic clock. */
  readonly elapsedMs: number;
  /** Smallest round trip seen on the connection; null when none was. */
  readonly roundTripMs: number | null;
  readonly proof: {
    readonly right: number;
    readonly opened: number;
    readonly code: ProofCode | 'proof.complete';
  };
}

export interface ComputeJudgement {
  readonly outcome: 'passed' | 'failed';
  readonly reasons: Code[];
  /**
   * The claimed class where the exam supports it; `unlisted` for a GPU on an engine that nobody has figures for: our
   * ignorance fails nobody, and certifies nobody. A failed exam supports none.
   */
  readonly class: string | null;
  /** Proven rate; null where the proof is not complete. */
  readonly gflops: number | null;
  /** `compute.proof`, `compute.rate`, `compute.ceiling`, always all three. */
  readonly checks: Check[];
}

/** Share of the elapsed time that is taken off for the line at most, however short the exam: what slow pongs can gain. */
export const longestShareOfLine = 0.1;

/** Judges the rate of docs/protocol.md section 2 against the class that the card claims. Pure. */
export function judgeCompute(result: ComputeResult): ComputeJudgement {
  const { proof, elapsedMs } = result;
  const { lowGflops, ceilingGflops, basis } = expectation(result.class, result.engine);
  if (proof.code !== 'proof.complete' || proof.opened === 0 || proof.right !== proof.opened) {
    return withoutProof(result, lowGflops, ceilingGflops);
  }
  const rateAt = (milliseconds: number) => computeOperations(result.shape) / milliseconds / 1e6;
  const gflops = rateAt(ownTime(elapsedMs, result.roundTripMs));
  // Nothing is taken off here: a line that became faster must not make an honest card faster than physics.
  const atMost = rateAt(atLeastOneTick(elapsedMs));
  const checks = [
    proofCheck(proof, 'proof.complete'),
    rateCheck('compute.rate', gflops, 'at least', lowGflops, gflops >= lowGflops, 'rate.below-class'),
    rateCheck(
      'compute.ceiling',
      atMost,
      'at most',
      ceilingGflops,
      atMost <= ceilingGflops,
      'rate.above-physics',
    ),
  ];
  const reasons = checks.filter(({ verdict }) => verdict === 'fail').map(({ code }) => code as Code);
  if (reasons.length > 0) return { outcome: 'failed', reasons, class: null, gflops, checks };
  if (basis === 'prior' && result.class.kind === 'gpu') {
    return {
      outcome: 'passed',
      reasons: ['exam.passed', 'rate.unmeasured'],
      class: unlistedId,
      gflops,
      checks,
    };
  }
  return { outcome: 'passed', reasons: ['exam.passed'], class: result.class.id, gflops, checks };
}

/** The device's own part of the elapsed time: without the line, within bounds, and never 0. */
function ownTime(elapsedMs: number, roundTripMs: number | null): number {
  return atLeastOneTick(elapsedMs - Math.min(lineOf(roundTripMs), elapsedMs * longestShareOfLine));
}

/** The time of work that was not shown says nothing: no rate, no class. */
function withoutProof({ proof }: ComputeResult, lowGflops: number, ceilingGflops: number): ComputeJudgement {
  // "Complete" with pages missing is a contradiction of ours; the mildest that fits is that they were not the pages asked.
  const code = proof.code === 'proof.complete' ? 'proof.wrong-openings' : proof.code;
  const unjudged = {
    measured: null,
    unit: 'GFLOP/s',
    verdict: 'not judged',
    ...named('rate.not-judged'),
  } as const;
  return {
    outcome: 'failed',
    reasons: [code],
    class: null,
    gflops: null,
    checks: [
      proofCheck(proof, code),
      { check: 'compute.rate', required: lowGflops, relation: 'at least', ...unjudged },
      { check: 'compute.ceiling', required: ceilingGflops, relation: 'at most', ...unjudged },
    ],
  };
}

function proofCheck({ right, opened }: ComputeResult['proof'], code: ComputeResult['proof']['code']): Check {
  return {
    check: 'compute.proof',
    measured: right,
    required: opened,
    relation: 'exactly',
    unit: 'pages',
    verdict: code === 'proof.complete' ? 'pass' : 'fail',
    ...named(code),
  };
}

function rateCheck(
  check: string,
  measured: number,
  relation: Check['relation'],
  required: number,
  fits: boolean,
  otherwise: Code,
): Check {
  const verdict = fits ? 'pass' : 'fail';
  return {
    check,
    measured,
    required,
    relation,
    unit: 'GFLOP/s',
    verdict,
    ...named(fits ? 'rate.fits-class' : otherwise),
  };
}
