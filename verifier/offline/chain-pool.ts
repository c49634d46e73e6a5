import { Piscina } from 'piscina';
import { type WorkerFile, workerFile } from '../../challenges/engines/worker-file.js';
import type { Factors } from '../../challenges/timelock/trapdoor.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { ChainJob, SolvedJob } from './chain-job.js';

export interface ChainPoolOptions {
  readonly factors: Factors;
  /** Chains that may wait for the thread; 256 when absent. One of six hours takes a fifth of a second. */
  readonly maxQueue?: number;
  /** Another worker, for tests of what a broken one does. */
  readonly worker?: WorkerFile;
  /** Told of a worker that died while idle; another one takes its place. */
  readonly onError?: (error: Error) => void;
}

/** Makes reported chains again, in a thread of its own and one after the other: nobody's probe or exam waits for it. */
export class ChainPool {
  readonly #pool: Piscina<ChainJob, SolvedJob>;
  readonly #maxQueue: number;

  constructor({
    factors,
    maxQueue = 256,
    worker = workerFile(import.meta.url, 'chain-worker'),
    onError = () => {},
  }: ChainPoolOptions) {
    this.#maxQueue = maxQueue;
    this.#pool = new Piscina({
      filename: worker.filename,
      execArgv: worker.execArgv,
      name: 'solve',
      workerData: factors,
      minThreads: 1,
      maxThreads: 1,
    });
    // Without a listener a worker that dies while idle would take the service with it; the pool replaces it.
    this.#pool.on('error', onError);
  }

  /**
   * A rejection is never the device's fault.
   * @throws TouchstoneError `queue.full`; Error when the worker died under it
   */
  async solve(job: ChainJob): Promise<SolvedJob> {
    if (this.waiting >= this.#maxQueue)
      throw new TouchstoneError('queue.full', undefined, { waiting: this.waiting, most: this.#maxQueue });
    return this.#pool.run(job);
  }

  /** Chains that wait for the thread. */
  get waiting(): number {
    return this.#pool.queueSize;
  }

  /** Stops at once; what is still running or waiting rejects. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}
