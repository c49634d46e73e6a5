import { checkComputeReveal } from '../../challenges/compute/verifier.js';
import { createOnnxRecompute } from '../../challenges/engines/onnx/recompute.js';
import { checkMemoryReveal } from '../../challenges/memory/verifier.js';
import type { ProofVerdict } from '../../challenges/proofs/verdict.js';
import type { Proof } from './proof.js';

// Runs in a thread of the proof pool. One core a proof: many proofs at once use the machine better than one on all.
const { recompute } = createOnnxRecompute({ provider: 'cpu', threads: 1 });

/** Checks one reveal from beginning to end. */
export function check(proof: Proof): Promise<ProofVerdict> {
  return proof.part === 'compute'
    ? checkComputeReveal(proof, recompute)
    : checkMemoryReveal(proof, recompute);
}
