import type { ComputeReveal } from '../../challenges/compute/verifier.js';
import type { MemoryReveal } from '../../challenges/memory/verifier.js';

/** What the pool checks: one part of a card's exam, its seeds, its commit and what was revealed of it. */
export type Proof =
  | ({ readonly part: 'compute' } & ComputeReveal)
  | ({ readonly part: 'memory' } & MemoryReveal);
