import type { CardProver } from '../agent/exam/prover.js';
import { type ComputeProof, proveCompute } from '../challenges/compute/prover.js';
import type { ComputeEngine, PreparedCompute } from '../challenges/engines/engine.js';
import { TouchstoneError } from '../protocol/error.js';
import type { Opening, Reveal } from '../protocol/messages/exam.js';
import type { ComputeShape } from '../protocol/shapes.js';

/** The honest prover over any engine in this process: what a simulated card is, before it begins to cheat. */
export class EngineProver implements CardProver {
  readonly #engine: ComputeEngine;
  #armed: { shape: ComputeShape; prepared: PreparedCompute } | undefined;
  #proof: ComputeProof | undefined;

  constructor(engine: ComputeEngine) {
    this.#engine = engine;
  }

  async arm(shape: ComputeShape): Promise<string> {
    await this.close();
    this.#armed = { shape, prepared: await this.#engine.prepare(shape) };
    return this.#engine.name;
  }

  async commit(seed: Uint8Array, onProgress: (share: number) => void): Promise<Uint8Array[]> {
    if (!this.#armed) throw new TouchstoneError('engine.failed', 'The card is not armed.');
    const { shape, prepared } = this.#armed;
    this.#proof = await proveCompute(prepared, shape, seed, onProgress);
    return this.#proof.roots;
  }

  async reveal(openings: readonly Opening[]): Promise<Reveal[]> {
    if (!this.#proof) throw new TouchstoneError('engine.failed', 'Nothing was computed.');
    return this.#proof.reveal(openings);
  }

  async close(): Promise<void> {
    const armed = this.#armed;
    this.#armed = undefined;
    await armed?.prepared.close();
    await this.#engine.close();
  }
}
