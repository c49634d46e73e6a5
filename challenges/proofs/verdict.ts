import type { ProofCode } from '../../protocol/codes/table.js';

/** `right` counts the opened pages or walkers that follow from the seeds; 0 where an earlier fault ended the check. */
export interface ProofVerdict {
  readonly right: number;
  readonly code: ProofCode | 'proof.complete';
}
