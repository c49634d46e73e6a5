import type { ProofVerdict } from '../../../challenges/proofs/verdict.js';
import type { Proof } from '../proof.js';
import { check as checkProof } from '../worker.js';

/** The real worker, but its thread dies on a seed of zeros: as a fault in native code would end it. */
export async function check(proof: Proof): Promise<ProofVerdict> {
  const seed = proof.part === 'compute' ? proof.seed : proof.tableSeed;
  if (seed.every((byte) => byte === 0)) process.exit(1);
  return checkProof(proof);
}
