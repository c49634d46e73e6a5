import { createHash } from 'node:crypto';
import type { CardProver } from '../../agent/exam/prover.js';
import { createReferenceEngine, referenceRecompute } from '../../challenges/engines/reference.js';
import { createReferenceTableEngine } from '../../challenges/engines/reference-table.js';
import { drawWalkers } from '../../challenges/memory/openings.js';
import { checkMemoryReveal } from '../../challenges/memory/verifier.js';
import type { MemoryShape } from '../../protocol/shapes.js';
import type { CardClass, MemoryFigures } from '../../scoring/catalogue/catalogue.js';
import { givenClass } from '../../scoring/catalogue/given.js';
import { memoryShapeFor } from '../../scoring/catalogue/memory-shape.js';
import { judgeMemory } from '../../scoring/judge/memory.js';
import type { ChipFigures } from '../chip.js';
import type { VirtualClock } from './virtual-clock.js';

/** Best rate of making pages, 10^9 operations a second; the kernels of the class reach it. */
const tableGops = 0.02;

/** A class small enough for plain loops, with the proportions of real ones. */
export const smallClass: CardClass = givenClass('small', 'gpu', {
  ...{ models: ['Small'], memoryBytes: 160_000, gflops: 0.01 },
  memory: { bandwidthGBps: 0.012, tableGops, bestGops: tableGops },
});
/** The memory exam that the verifier gives it. */
export const smallShape = memoryShapeFor(smallClass, {
  memoryBytes: smallClass.memoryBytes,
  memoryEngine: 'webgpu',
}) as MemoryShape;
/** An honest card of the class. */
export const smallChip: ChipFigures = {
  opsPerSecond: 1e7,
  tableOpsPerSecond: tableGops * 1e9,
  bytesPerSecond: (smallClass.memory as MemoryFigures).bandwidthGBps * 1e9,
  memoryBytes: smallClass.memoryBytes,
};
export const plainLoops = { compute: createReferenceEngine(), table: createReferenceTableEngine() };

export const seedOf = (text: string): Uint8Array => createHash('sha256').update(text).digest();

const openings = drawWalkers(smallShape, 16, (below) => (below * 7919) % below || below >> 1);

/**
 * The memory part of an exam, judged as the verifier judges it, on a line without delay. Who is examined at once shares
 * the clock, and `walk` begins when all have built.
 *
 * @returns for each prover the codes of what failed, empty where nothing did; of its own error where it gave up
 */
export async function examineMemory(
  clock: VirtualClock,
  provers: readonly CardProver[],
): Promise<string[][]> {
  const failures = await Promise.all([build(provers), clock.runOut()]).then(([built]) => built);
  const verdicts = Promise.all(
    provers.map(async (prover, i) => failures[i] ?? (await walk(clock, prover, seedOf(`table ${i}`)))),
  );
  await clock.runOut();
  return verdicts;
}

function build(provers: readonly CardProver[]): Promise<(string[] | null)[]> {
  return Promise.all(
    provers.map((prover, i) =>
      prover
        .build(smallShape, seedOf(`table ${i}`), () => {})
        .then(
          () => null,
          (error: { code: string }) => [error.code],
        ),
    ),
  );
}

async function walk(clock: VirtualClock, prover: CardProver, tableSeed: Uint8Array): Promise<string[]> {
  const walkSeed = seedOf('walk');
  const go = clock.monotonic();
  const roots = await prover.walk(walkSeed, () => {});
  const elapsedMs = clock.monotonic() - go;
  const reveals = await prover.revealWalk(openings);
  const exam = { shape: smallShape, tableSeed, walkSeed, roots, openings, reveals };
  const proof = { ...(await checkMemoryReveal(exam, referenceRecompute)), opened: openings.length };
  const { outcome, reasons } = judgeMemory({
    ...{ class: smallClass, shape: smallShape, buildMs: null, elapsedMs, roundTripMs: 0, proof },
  });
  return outcome === 'passed' ? [] : reasons;
}
