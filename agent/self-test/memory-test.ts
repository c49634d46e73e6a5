import { drawWalkers } from '../../challenges/memory/openings.js';
import { checkMemoryReveal } from '../../challenges/memory/verifier.js';
import type { MemoryShape } from '../../protocol/shapes.js';
import { tableOperations, walkedBytes } from '../../protocol/shapes.js';
import type { Check } from '../../protocol/status.js';
import type { CardProver } from '../exam/prover.js';
import { proofCheck, type SelfTestTools, shownRate } from './tools.js';

/** Walkers opened: as many as a verifier asks for. */
const openings = 16;

/**
 * The memory exam of docs/protocol.md section 3 on one card, with this process as the verifier: `memory.proof` is judged,
 * the rates of walk and build are shown. The table is gone afterwards.
 *
 * @throws TouchstoneError with which the card's engine breaks
 */
export async function testMemory(
  prover: CardProver,
  shape: MemoryShape,
  tools: SelfTestTools,
): Promise<Check[]> {
  const { clock, random, randomInt, recompute, onProgress = () => {} } = tools;
  const [tableSeed, walkSeed] = [random(32), random(32)];
  // Twice: the first time also compiles, allocates, and warms the card up.
  await prover.build(shape, random(32), (share) => onProgress(share / 2, 'building a table'));
  const building = clock.monotonic();
  await prover.build(shape, tableSeed, (share) => onProgress((1 + share) / 2, 'building a table'));
  const walking = clock.monotonic();
  const roots = await prover.walk(walkSeed, (share) => onProgress(share, 'walking on it'));
  const walked = clock.monotonic();
  await prover.dropTable();
  const asked = drawWalkers(shape, openings, randomInt);
  const reveals = await prover.revealWalk(asked);
  const proof = { shape, tableSeed, walkSeed, roots, openings: asked, reveals };
  const judged = await checkMemoryReveal(proof, recompute);
  const gigaPerSecond = (amount: number, milliseconds: number): number => amount / (milliseconds * 1e6);
  return [
    proofCheck('memory.proof', 'walkers', asked.length, judged),
    shownRate(
      'memory.bandwidth',
      gigaPerSecond(walkedBytes(shape), walked - walking),
      'GB/s',
      'memory.not-judged-here',
    ),
    shownRate(
      'memory.build-rate',
      gigaPerSecond(tableOperations(shape), walking - building),
      'GOPS',
      'memory.not-judged-here',
    ),
  ];
}
