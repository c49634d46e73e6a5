import {
  type ComputeReveal,
  type ComputeVerdict,
  checkComputeReveal,
} from '../../challenges/compute/verifier.js';
import { createOnnxRecompute } from '../../challenges/engines/onnx/recompute.js';

// Runs in a thread of the proof pool. One core a proof: many proofs at once use the machine better than one on all.
const { recompute } = createOnnxRecompute({ provider: 'cpu', threads: 1 });

/** Checks one reveal from beginning to end. */
export function check(proof: ComputeReveal): Promise<ComputeVerdict> {
  return checkComputeReveal(proof, recompute);
}
