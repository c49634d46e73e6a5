import type { CardClaim } from '../../protocol/messages/cards.js';
import { sizedComputeShape } from '../../protocol/sized-compute-shape.js';
import type { Check } from '../../protocol/status.js';
import { type FailedEngine, triedEngines } from '../cards/start.js';
import type { CardProver } from '../exam/prover.js';
import { memoryHelp } from '../ui/memory-help.js';
import { testCompute } from './compute-test.js';
import { testMemory } from './memory-test.js';
import { selfTestTable } from './table-shape.js';
import { type SelfTestTools, unlessBroken, unmeasured } from './tools.js';

const computeSeconds = 2.5;

export interface SelfTestCard {
  readonly claim: CardClaim;
  readonly prover: CardProver | null;
  /** Compute engines that did not do. */
  readonly failed: readonly FailedEngine[];
  /** Table engines that did not do. */
  readonly failedTables: readonly FailedEngine[];
}

export interface SelfTestResult {
  readonly card: CardClaim;
  readonly passed: boolean;
  readonly checks: readonly Check[];
}

/**
 * The parts of an exam on one card, with this process as the verifier: it judges the proofs, and shows the rates without
 * judging them, because what a class reaches is known to the verifier alone. Never rejects: what fails is in the checks.
 */
export async function selfTest(card: SelfTestCard, tools: SelfTestTools): Promise<SelfTestResult> {
  const checks = [...(await computeChecks(card, tools)), ...(await memoryChecks(card, tools))];
  return { card: card.claim, passed: checks.every((check) => check.verdict !== 'fail'), checks };
}

async function computeChecks(
  { claim, prover, failed }: SelfTestCard,
  tools: SelfTestTools,
): Promise<Check[]> {
  if (!prover || claim.engine === null) {
    const install = "Install the card's driver; for CUDA also run `npm run setup:cuda`.";
    const fix = `No engine runs on this card. ${triedEngines(failed)}. ${install}`;
    return [unmeasured('compute.engine', 'fail', 'card.not-examinable', fix)];
  }
  const shape = sizedComputeShape(claim.warmupGflops ?? 1, computeSeconds);
  return await unlessBroken('compute.engine', () => testCompute(prover, shape, tools));
}

/** A card without a table engine does not fail: it passes exams as unlisted. */
async function memoryChecks(
  { claim, prover, failedTables }: SelfTestCard,
  tools: SelfTestTools,
): Promise<Check[]> {
  if (!prover || !claim.memoryEngine)
    return [unmeasured('memory.engine', 'not judged', 'memory.not-examined', memoryHelp(failedTables))];
  return await unlessBroken('memory.engine', () => testMemory(prover, selfTestTable(claim), tools));
}
