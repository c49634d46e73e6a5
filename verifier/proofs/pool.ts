import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { type WorkerFile, workerFile } from '../../challenges/engines/worker-file.js';
import type { ProofVerdict } from '../../challenges/proofs/verdict.js';
import { TouchstoneError } from '../../protocol/error.js';
import { inLane, type Lane, Lanes } from './lanes.js';
import type { Proof } from './proof.js';

export interface ProofPoolOptions {
  /** Threads; all cores but one when absent, so that the service itself goes on answering. */
  readonly threads?: number;
  /** Proofs that may wait for a thread in each lane; 256 when absent. A proof is hundredths of a second of one core; of a large card's walk, a third. */
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
  readonly #lanes = new Lanes();
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
      taskQueue: this.#lanes,
      // Else each thread that gets free sends who is first in the queue to its end.
      stricterFIFO: true,
    });
    // Without a listener a worker that dies while idle would take the service with it; the pool replaces it.
    this.#pool.on('error', onError);
  }

  /**
   * Resolves with the verdict on anything that a device sent. A rejection is never the device's fault.
   * @throws TouchstoneError `queue.full`, where that of its lane is; Error when the worker died under it
   */
  async check(proof: Proof, lane: Lane = 'newcomer'): Promise<ProofVerdict> {
    const waiting = this.#lanes.waiting(lane);
    if (waiting >= this.#maxQueue) {
      throw new TouchstoneError('queue.full', undefined, { waiting, most: this.#maxQueue });
    }
    return this.#pool.run({ ...proof, ...inLane(lane) });
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
