import { createReferenceEngine } from '../../challenges/engines/reference.js';
import { createReferenceTableEngine } from '../../challenges/engines/reference-table.js';
import type { Opening, Reveal, WalkerOpening, WalkerReveal } from '../../protocol/messages/reveals.js';
import type { ComputeShape, MemoryShape } from '../../protocol/shapes.js';
import { type CardEngines, EngineProver } from '../exam/engine-prover.js';
import type { CardProver } from '../exam/prover.js';

/** Small enough for the plain loops: some milliseconds. */
export const tinyShape: ComputeShape = { n: 256, layers: 1, pages: 64, rounds: 2 };

/** The same for a table: 128 KiB. */
export const tinyTable: MemoryShape = {
  n: 256,
  layers: 1,
  banks: 2,
  bankPages: 256,
  rounds: 2,
  walkers: 100,
  steps: 4,
};

const referenceEngines: CardEngines = { compute: createReferenceEngine, table: createReferenceTableEngine };

/** A true prover on the reference engines. Counts what it was asked; gates hold work back until they resolve. */
export class ReferenceProver implements CardProver {
  readonly calls: string[] = [];
  /** Of commits and walks. */
  gate: Promise<void> = Promise.resolve();
  buildGate: Promise<void> = Promise.resolve();
  readonly #prover: EngineProver;

  constructor(engines: Partial<CardEngines> = {}) {
    this.#prover = new EngineProver({ ...referenceEngines, ...engines });
  }

  arm(shape: ComputeShape): Promise<string> {
    this.calls.push('arm');
    return this.#prover.arm(shape);
  }

  async commit(seed: Uint8Array, onProgress: (share: number) => void): Promise<Uint8Array[]> {
    this.calls.push('commit');
    await this.gate;
    return await this.#prover.commit(seed, onProgress);
  }

  reveal(openings: readonly Opening[]): Promise<Reveal[]> {
    this.calls.push('reveal');
    return this.#prover.reveal(openings);
  }

  async build(
    shape: MemoryShape,
    tableSeed: Uint8Array,
    onProgress: (share: number) => void,
  ): Promise<string> {
    this.calls.push('build');
    await this.buildGate;
    return await this.#prover.build(shape, tableSeed, onProgress);
  }

  async walk(
    walkSeed: Uint8Array,
    onProgress: (share: number) => void,
    rounds?: number,
  ): Promise<Uint8Array[]> {
    this.calls.push('walk');
    await this.gate;
    return await this.#prover.walk(walkSeed, onProgress, rounds);
  }

  revealWalk(openings: readonly WalkerOpening[]): Promise<WalkerReveal[]> {
    this.calls.push('revealWalk');
    return this.#prover.revealWalk(openings);
  }

  dropTable(): Promise<void> {
    this.calls.push('dropTable');
    return this.#prover.dropTable();
  }

  close(): Promise<void> {
    this.calls.push('close');
    return this.#prover.close();
  }
}
