import { Worker } from 'node:worker_threads';
import { TouchstoneError } from '../../../protocol/error.js';
import { leafWalkers } from '../../memory/leaves.js';
import type { WorkerFile } from '../worker-file.js';
import type { ThreadData, WalkPart } from './table-thread.js';

interface Waiting {
  resolve(results: Uint32Array): void;
  reject(error: TouchstoneError): void;
}

/** Threads that walk on one table in memory that they share. One that dies ends them all: the walk is one piece. */
export class TableThreads {
  readonly #threads: { readonly worker: Worker; readonly waiting: Waiting[] }[] = [];
  #fault: TouchstoneError | null = null;

  constructor(count: number, { filename, execArgv }: WorkerFile, data: ThreadData) {
    for (let i = 0; i < count; i++) {
      const worker = new Worker(filename, { execArgv, workerData: data });
      const waiting: Waiting[] = [];
      // A thread answers in the order of its messages.
      worker.on('message', (results: Uint32Array) => waiting.shift()?.resolve(results));
      worker.on('error', (error) => this.#fail(`a thread died: ${error.message}`));
      worker.on('exit', (code) => this.#fail(`a thread ended with exit code ${code}`));
      this.#threads.push({ worker, waiting });
    }
  }

  /**
   * Results of the walkers `first … first + count - 1`, walked by all threads. Calls may overlap.
   * @throws TouchstoneError `engine.failed`
   */
  async walk(keys: Uint32Array, first: number, count: number): Promise<Uint32Array> {
    const each = Math.ceil(count / this.#threads.length / leafWalkers) * leafWalkers;
    const starts = Array.from({ length: Math.ceil(count / each) }, (_, i) => i * each);
    const parts = await Promise.all(
      starts.map((at, i) => this.#ask(i, { keys, first: first + at, count: Math.min(each, count - at) })),
    );
    const results = new Uint32Array(count);
    for (const [i, part] of parts.entries()) results.set(part, i * each);
    return results;
  }

  /** Ends the threads; walks that are under way reject. */
  async close(): Promise<void> {
    this.#fail('the table was closed');
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #ask(index: number, part: WalkPart): Promise<Uint32Array> {
    return new Promise((resolve, reject) => {
      const thread = this.#threads[index];
      if (thread === undefined || this.#fault !== null) return reject(this.#fault);
      thread.waiting.push({ resolve, reject });
      thread.worker.postMessage(part);
    });
  }

  #fail(what: string): void {
    this.#fault ??= new TouchstoneError('engine.failed', `The walk stopped: ${what}.`, { engine: 'cpu' });
    for (const { waiting } of this.#threads) for (const { reject } of waiting.splice(0)) reject(this.#fault);
  }
}
