import { type ComputeProof, proveCompute } from '../../challenges/compute/prover.js';
import type { PreparedCompute } from '../../challenges/engines/engine.js';
import { createReferenceEngine } from '../../challenges/engines/reference.js';
import type { Opening, Reveal } from '../../protocol/messages/exam.js';
import type { ComputeShape } from '../../protocol/shapes.js';
import type { CardProver } from '../exam/prover.js';

/** Small enough for the plain loops: some milliseconds. */
export const tinyShape: ComputeShape = { n: 256, layers: 1, pages: 64, rounds: 2 };

/** A true prover on the reference engine. Counts what it was asked; `gate` holds a commit back until it resolves. */
export class ReferenceProver implements CardProver {
  readonly calls: string[] = [];
  gate: Promise<void> = Promise.resolve();
  #armed: { readonly shape: ComputeShape; readonly prepared: PreparedCompute } | undefined;
  #proof: ComputeProof | undefined;

  async arm(shape: ComputeShape): Promise<string> {
    this.calls.push('arm');
    this.#armed = { shape, prepared: await createReferenceEngine().prepare(shape) };
    return 'reference';
  }

  async commit(seed: Uint8Array, onProgress: (share: number) => void): Promise<Uint8Array[]> {
    this.calls.push('commit');
    await this.gate;
    if (!this.#armed) throw new Error('not armed');
    this.#proof = await proveCompute(this.#armed.prepared, this.#armed.shape, seed, onProgress);
    return this.#proof.roots;
  }

  async reveal(openings: readonly Opening[]): Promise<Reveal[]> {
    this.calls.push('reveal');
    if (!this.#proof) throw new Error('nothing computed');
    return this.#proof.reveal(openings);
  }

  async close(): Promise<void> {
    this.calls.push('close');
    this.#armed = undefined;
  }
}
