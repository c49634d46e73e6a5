import type { Code } from '../../protocol/codes/table.js';
import { atLeastOneTick, withoutLine } from '../../protocol/line.js';
import { type ComputeShape, computeOperations } from '../../protocol/shapes.js';
import type { Check } from '../../protocol/status.js';
import { type CardClass, expectation, unlistedId } from '../catalogue/catalogue.js';
import { figuredExpectation } from '../catalogue/figured.js';
import { faultOf, isComplete, named, type ProofFound, proofCheck, rateCheck } from './check.js';

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
  readonly proof: ProofFound;
}

export interface ComputeJudgement {
  readonly outcome: 'passed' | 'failed';
  readonly reasons: Code[];
  /**
   * The claimed class where the exam supports it; `unlisted` for a GPU on an engine that nobody has figures for, unless it
   * reaches those of the class's other engines: our ignorance fails nobody, and certifies nobody. A failed exam supports none.
   */
  readonly class: string | null;
  /** Proven rate; null where the proof is not complete. */
  readonly gflops: number | null;
  /** `compute.proof`, `compute.rate`, `compute.ceiling`, always all three. */
  readonly checks: Check[];
}

/** Judges the rate of docs/protocol.md section 2 against the class that the card claims. Pure. */
export function judgeCompute(result: ComputeResult): ComputeJudgement {
  const { proof, elapsedMs } = result;
  const { lowGflops, ceilingGflops, basis } = expectation(result.class, result.engine);
  if (!isComplete(proof)) return withoutProof(proof, lowGflops, ceilingGflops);
  const rateAt = (milliseconds: number) => computeOperations(result.shape) / milliseconds / 1e6;
  const gflops = rateAt(withoutLine(elapsedMs, result.roundTripMs));
  // Nothing is taken off here: a line that became faster must not make an honest card faster than physics.
  const atMost = rateAt(atLeastOneTick(elapsedMs));
  const checks = [
    provenCheck(proof, 'proof.complete'),
    rateCheck('compute.rate', unit, gflops, 'at least', lowGflops, {
      fits: 'rate.fits-class',
      otherwise: 'rate.below-class',
    }),
    rateCheck('compute.ceiling', unit, atMost, 'at most', ceilingGflops, {
      fits: 'rate.fits-class',
      otherwise: 'rate.above-physics',
    }),
  ];
  const reasons = checks.filter(({ verdict }) => verdict === 'fail').map(({ code }) => code as Code);
  if (reasons.length > 0) return { outcome: 'failed', reasons, class: null, gflops, checks };
  if (basis === 'prior' && result.class.kind === 'gpu' && !reachesFigures(result, gflops)) {
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

/** Whether a rate on an engine that nobody measured is what the class's other engines ask for: then it confirms as much (ADR 12). */
function reachesFigures({ class: cardClass, engine }: ComputeResult, gflops: number): boolean {
  const figures = figuredExpectation(cardClass, engine);
  return figures !== null && gflops >= figures.lowGflops;
}

/** The time of work that was not shown says nothing: no rate, no class. */
function withoutProof(proof: ProofFound, lowGflops: number, ceilingGflops: number): ComputeJudgement {
  const code = faultOf(proof);
  const unjudged = {
    measured: null,
    unit,
    verdict: 'not judged',
    ...named('rate.not-judged'),
  } as const;
  return {
    outcome: 'failed',
    reasons: [code],
    class: null,
    gflops: null,
    checks: [
      provenCheck(proof, code),
      { check: 'compute.rate', required: lowGflops, relation: 'at least', ...unjudged },
      { check: 'compute.ceiling', required: ceilingGflops, relation: 'at most', ...unjudged },
    ],
  };
}

const provenCheck = (proof: ProofFound, code: ProofFound['code']): Check =>
  proofCheck('compute.proof', 'pages', proof, code);

const unit = 'GFLOP/s';
