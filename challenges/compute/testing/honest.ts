import { createHash } from 'node:crypto';
import type { Opening, Reveal } from '../../../protocol/messages/reveals.js';
import type { ComputeShape } from '../../../protocol/shapes.js';
import { createOnnxEngine } from '../../engines/onnx/engine.js';
import { proveCompute } from '../prover.js';
import type { ComputeReveal } from '../verifier.js';

/** Reproducible 32 bytes for a test. */
export const seedOf = (text: string): Uint8Array =>
  new Uint8Array(createHash('sha256').update(text).digest());

/** A small exam with two blocks, the last one partial, and a tree whose last leaf is lonely on two levels. */
export const smallShape: ComputeShape = { n: 256, layers: 5, pages: 1024 + 64, rounds: 3 };

/** An exam as an honest device answers it, and what was asked. */
export interface HonestExam {
  readonly roots: Uint8Array[];
  readonly reveal: (openings: readonly Opening[]) => Reveal[];
  /** A reveal that must be accepted, to be changed by a test. */
  readonly proof: ComputeReveal & { readonly reveals: Reveal[] };
}

/** Runs an exam on the CPU as an honest device does. */
export async function honestExam(
  seed: Uint8Array,
  openings: readonly Opening[],
  shape: ComputeShape = smallShape,
): Promise<HonestExam> {
  const engine = createOnnxEngine({ provider: 'cpu', threads: 1 });
  const prepared = await engine.prepare(shape);
  const { roots, reveal } = await proveCompute(prepared, shape, seed);
  await engine.close();
  return { roots, reveal, proof: { shape, seed, roots, openings, reveals: reveal(openings) } };
}
