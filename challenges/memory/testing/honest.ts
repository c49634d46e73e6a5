import { createHash } from 'node:crypto';
import type { WalkerOpening, WalkerReveal } from '../../../protocol/messages/reveals.js';
import type { MemoryShape } from '../../../protocol/shapes.js';
import { createReferenceTableEngine } from '../../engines/reference-table.js';
import { buildTable, proveWalk } from '../prover.js';
import type { MemoryReveal } from '../verifier.js';

/** Reproducible 32 bytes for a test. */
export const seedOf = (text: string): Uint8Array =>
  new Uint8Array(createHash('sha256').update(text).digest());

/** A small exam with banks that are no power of two, more layers than matrices, and a last leaf of 44 walkers. */
export const smallShape: MemoryShape = {
  n: 256,
  layers: 5,
  banks: 3,
  bankPages: 256,
  rounds: 3,
  walkers: 300,
  steps: 2,
};

/** A walk as an honest device answers it, and what was asked. */
export interface HonestWalk {
  readonly roots: Uint8Array[];
  readonly reveal: (openings: readonly WalkerOpening[]) => WalkerReveal[];
  /** A reveal that must be accepted, to be changed by a test. */
  readonly proof: MemoryReveal & { readonly reveals: WalkerReveal[] };
}

/** Builds and walks as an honest device does, with `<name> table` and `<name> walk` as seeds. */
export async function honestWalk(
  name: string,
  openings: readonly WalkerOpening[],
  shape: MemoryShape = smallShape,
): Promise<HonestWalk> {
  const [tableSeed, walkSeed] = [seedOf(`${name} table`), seedOf(`${name} walk`)];
  const prepared = await createReferenceTableEngine().prepare(shape);
  await buildTable(prepared, shape, tableSeed);
  const { roots, reveal } = await proveWalk(prepared, shape, walkSeed);
  return { roots, reveal, proof: { shape, tableSeed, walkSeed, roots, openings, reveals: reveal(openings) } };
}
