import { drawOpenings, type RandomInt } from '../../challenges/compute/openings.js';
import { checkComputeReveal } from '../../challenges/compute/verifier.js';
import type { RecomputePages } from '../../challenges/engines/engine.js';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import { type Code, codeTable } from '../../protocol/codes/table.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { CardClaim } from '../../protocol/messages/cards.js';
import { computeOperations } from '../../protocol/shapes.js';
import { sizedComputeShape } from '../../protocol/sized-compute-shape.js';
import type { Check } from '../../protocol/status.js';
import { type FailedEngine, triedEngines } from '../cards/start.js';
import type { CardProver } from '../exam/prover.js';

/** Pages opened: as many as a verifier asks for. */
const openings = 32;
const seconds = 2.5;

export interface SelfTestCard {
  readonly claim: CardClaim;
  readonly prover: CardProver | null;
  readonly failed: readonly FailedEngine[];
}

/** What a self-test draws on. */
export interface SelfTestTools {
  readonly random: RandomBytes;
  readonly randomInt: RandomInt;
  readonly clock: Clock;
  readonly recompute: RecomputePages;
  readonly onProgress?: (share: number) => void;
}

export interface SelfTestResult {
  readonly card: CardClaim;
  readonly passed: boolean;
  readonly checks: readonly Check[];
}

/**
 * The compute exam of docs/protocol.md section 2 on one card, with this process as the verifier: it judges the proof, and
 * shows the rate without judging it, because what a class reaches is known to the verifier alone. Never rejects: what
 * fails is in the checks.
 */
export async function selfTest(card: SelfTestCard, tools: SelfTestTools): Promise<SelfTestResult> {
  const checks = card.prover ? await examine(card, card.prover, tools) : [engineMissing(card.failed)];
  return { card: card.claim, passed: checks.every((check) => check.verdict !== 'fail'), checks };
}

async function examine(card: SelfTestCard, prover: CardProver, tools: SelfTestTools): Promise<Check[]> {
  try {
    return await prove(prover, card.claim.warmupGflops ?? 1, tools);
  } catch (error) {
    const code = error instanceof TouchstoneError ? error.code : 'engine.failed';
    const message = error instanceof Error ? error.message : String(error);
    return [broken(code, `${message} ${codeTable[code].fix}`)];
  }
}

async function prove(prover: CardProver, gflops: number, tools: SelfTestTools): Promise<Check[]> {
  const { clock, random, randomInt, recompute, onProgress = () => {} } = tools;
  const shape = sizedComputeShape(gflops, seconds);
  await prover.arm(shape);
  const seed = random(32);
  const begin = clock.monotonic();
  const roots = await prover.commit(seed, onProgress);
  const elapsedMs = clock.monotonic() - begin;
  const asked = drawOpenings(shape, openings, randomInt);
  const reveals = await prover.reveal(asked);
  const { right, code } = await checkComputeReveal(
    { shape, seed, roots, openings: asked, reveals },
    recompute,
  );
  return [
    {
      check: 'compute.proof',
      measured: right,
      required: asked.length,
      relation: 'exactly',
      unit: 'pages',
      verdict: right === asked.length ? 'pass' : 'fail',
      code,
      fix: codeTable[code].fix,
    },
    {
      check: 'compute.rate',
      measured: computeOperations(shape) / (elapsedMs * 1e6),
      required: null,
      relation: 'at least',
      unit: 'GFLOP/s',
      verdict: 'not judged',
      code: 'rate.not-judged-here',
      fix: codeTable['rate.not-judged-here'].detail,
    },
  ];
}

function engineMissing(failed: readonly FailedEngine[]): Check {
  const install = "Install the card's driver; for CUDA also run `npm run setup:cuda`.";
  return broken('card.not-examinable', `No engine runs on this card. ${triedEngines(failed)}. ${install}`);
}

const broken = (code: Code, fix: string): Check => ({
  check: 'compute.engine',
  measured: null,
  required: null,
  relation: 'exactly',
  unit: '',
  verdict: 'fail',
  code,
  fix,
});
