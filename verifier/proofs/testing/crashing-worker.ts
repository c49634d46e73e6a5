import type { ComputeReveal, ComputeVerdict } from '../../../challenges/compute/verifier.js';
import { check as checkProof } from '../worker.js';

/** The real worker, but its thread dies on a seed of zeros: as a fault in native code would end it. */
export async function check(proof: ComputeReveal): Promise<ComputeVerdict> {
  if (proof.seed.every((byte) => byte === 0)) process.exit(1);
  return checkProof(proof);
}
