import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { type WorkerFile, workerFile } from '../../challenges/engines/worker-file.js';
import type { ProofVerdict } from '../../challenges/proofs/verdict.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { Proof } from './proof.js';

export interface ProofPoolOptions {
  /** Threads; all cores but one when absent, so that the service itself goes on answering. */
  readonly threads?: number;
  /** Proofs that may wait for a thread; 256 when absent. A proof is hundredths of a second of one core; of a large card's walk, a third. */
  readonly maxQueue?: number;
  /** Another worker, for tests of what a broken one does. */
  readonly worker?: WorkerFile;
  /** Told of a worker that died while idle; another one takes its place. */
  readonly onError?: (error: Error) => void;
}

/**
 * Checks proofs of both parts off the main thread. The queue is bounded, so a flood of proofs can't fill the memory; who meets
 * a full one keeps the answer and tries again, and no device is late by it: its clock has stopped.
 */
export class ProofPool {
  readonly #pool: Piscina<Proof, ProofVerdict>;
  readonly #maxQueue: number;

  constructor({
    threads,
    maxQueue = 256,
    worker = workerFile(import.meta.url, 'worker'),
    onError = () => {},
  }: ProofPoolOptions = {}) {
    this.#maxQueue = maxQueue;
    const count = threads ?? Math.max(1, availableParallelism() - 1);
    this.#pool = new Piscina({
      filename: worker.filename,
      execArgv: worker.execArgv,
      name: 'check',
      minThreads: count,
      maxThreads: count,
    });
    // Without a listener a worker that dies while idle would take the service with it; the pool replaces it.
    this.#pool.on('error', onError);
  }

  /**
   * Resolves with the verdict on anything that a device sent. A rejection is never the device's fault.
   * @throws TouchstoneError `queue.full`; Error when the worker died under it
   */
  async check(proof: Proof): Promise<ProofVerdict> {
    if (this.waiting >= this.#maxQueue) {
      throw new TouchstoneError('queue.full', undefined, { waiting: this.waiting, most: this.#maxQueue });
    }
    return this.#pool.run(proof);
  }

  /** Proofs that wait for a thread. */
  get waiting(): number {
    return this.#pool.queueSize;
  }

  /** Stops at once; what is still running or waiting rejects. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
