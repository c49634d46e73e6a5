import type { CardProver } from '../../agent/exam/prover.js';
import { allOf } from './all-of.js';

/**
 * Walks on the table of another seed, such as that of a card beside it: many identities could then answer from one
 * table, built once.
 *
 * @param tableSeed 32 bytes, the seed of the table that is there
 */
export function walksOtherTable(prover: CardProver, tableSeed: Uint8Array): CardProver {
  return {
    ...allOf(prover),
    build: (shape, _seed, onProgress) => prover.build(shape, tableSeed, onProgress),
  };
}
