import { drawOpenings } from '../../challenges/compute/openings.js';
import { checkComputeReveal } from '../../challenges/compute/verifier.js';
import type { ComputeShape } from '../../protocol/shapes.js';
import { computeOperations } from '../../protocol/shapes.js';
import type { Check } from '../../protocol/status.js';
import type { CardProver } from '../exam/prover.js';
import { proofCheck, type SelfTestTools, shownRate } from './tools.js';

/** Pages opened: as many as a verifier asks for. */
const openings = 32;

/**
 * The compute exam of docs/protocol.md section 2 on one card, with this process as the verifier: `compute.proof` is judged,
 * `compute.rate` shown.
 *
 * @throws TouchstoneError with which the card's engine breaks
 */
export async function testCompute(
  prover: CardProver,
  shape: ComputeShape,
  tools: SelfTestTools,
): Promise<Check[]> {
  const { clock, random, randomInt, recompute, onProgress = () => {} } = tools;
  await prover.arm(shape);
  const seed = random(32);
  const begin = clock.monotonic();
  const roots = await prover.commit(seed, (share) => onProgress(share, 'computing'));
  const elapsedMs = clock.monotonic() - begin;
  const asked = drawOpenings(shape, openings, randomInt);
  const reveals = await prover.reveal(asked);
  const judged = await checkComputeReveal({ shape, seed, roots, openings: asked, reveals }, recompute);
  const gflops = computeOperations(shape) / (elapsedMs * 1e6);
  return [
    proofCheck('compute.proof', 'pages', asked.length, judged),
    shownRate('compute.rate', gflops, 'GFLOP/s', 'rate.not-judged-here'),
  ];
}
