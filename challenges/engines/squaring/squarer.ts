import { Worker } from 'node:worker_threads';
import { TouchstoneError } from '../../../protocol/error.js';
import { limits } from '../../../protocol/limits.js';
import { modulusBytes } from '../../timelock/chain.js';
import type { Squarer } from '../squarer.js';
import { type WorkerFile, workerFile } from '../worker-file.js';
import type { SquaringAnswer, SquaringWork } from './squaring-thread.js';
import type { Way } from './way.js';

/** All ways to square, by name: the faster one first. */
export const squarerNames: readonly Way['name'][] = ['native', 'bigint'];

export interface SquarerOptions {
  /** This way and no other; the best that works here when absent. */
  readonly only?: Way['name'];
  /** Another thread, for tests of what a broken one does. */
  readonly worker?: WorkerFile;
}

/**
 * Squares in a thread of its own, which starts with the first piece of work and rests between two. Pieces wait for each
 * other: callers see to it that they are few.
 */
export function createSquarer({ only, worker }: SquarerOptions = {}): Squarer {
  return new ThreadSquarer(only ?? null, worker ?? workerFile(import.meta.url, 'squaring-thread'));
}

interface Job {
  settle(answer: SquaringAnswer): void;
}

class ThreadSquarer implements Squarer {
  readonly #only: Way['name'] | null;
  readonly #file: WorkerFile;
  readonly #jobs: Job[] = [];
  #name: Way['name'];
  #thread: Worker | null = null;
  #closed = false;

  constructor(only: Way['name'] | null, file: WorkerFile) {
    this.#only = only;
    this.#file = file;
    this.#name = only ?? 'native';
  }

  /** Of the way that the last piece went; before the first one, of the way that is tried first. */
  get name(): string {
    return this.#name;
  }

  async square(
    modulus: Uint8Array,
    base: Uint8Array,
    squarings: number,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    signal.throwIfAborted();
    if (this.#closed) throw failed('it was closed');
    checkWork(modulus, base, squarings);
    const stop = new Int32Array(new SharedArrayBuffer(4));
    return new Promise((resolve, reject) => {
      const halt = () => {
        Atomics.store(stop, 0, 1);
        reject(signal.reason);
      };
      signal.addEventListener('abort', halt, { once: true });
      this.#give(
        // Copies: a view of Node's would carry along all that lies in the same pool.
        { modulus: Uint8Array.from(modulus), base: Uint8Array.from(base), squarings, only: this.#only, stop },
        (answer) => {
          signal.removeEventListener('abort', halt);
          if ('failure' in answer) return reject(failed(answer.failure));
          this.#name = answer.name;
          // A piece that was stopped has rejected already.
          if (answer.solution !== null) resolve(answer.solution);
        },
      );
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#end('it was closed');
  }

  #give(work: SquaringWork, settle: Job['settle']): void {
    this.#thread ??= this.#start();
    this.#jobs.push({ settle });
    // Only work keeps the process alive, never a thread that waits for some.
    this.#thread.ref();
    this.#thread.postMessage(work);
  }

  #start(): Worker {
    const { filename, execArgv } = this.#file;
    const thread = new Worker(filename, { execArgv, name: 'squaring' });
    // A thread answers in the order of its work.
    thread.on('message', (answer: SquaringAnswer) => {
      this.#jobs.shift()?.settle(answer);
      if (this.#jobs.length === 0) thread.unref();
    });
    // One that dies takes only what it was given; the next piece gets another thread.
    const died = (why: string) => {
      if (this.#thread === thread) void this.#end(`its thread ${why}`);
    };
    thread.on('error', (error) => died(`died: ${error.message}`));
    thread.on('exit', (code) => died(`ended with exit code ${code}`));
    return thread;
  }

  async #end(why: string): Promise<void> {
    const thread = this.#thread;
    this.#thread = null;
    for (const { settle } of this.#jobs.splice(0)) settle({ failure: why });
    await thread?.terminate();
  }
}

function checkWork(modulus: Uint8Array, base: Uint8Array, squarings: number): void {
  if (modulus.length !== modulusBytes || (modulus[0] as number) < 0x80)
    throw failed(`the modulus has not ${8 * modulusBytes} bits`);
  if (base.length !== modulusBytes || Buffer.compare(base, modulus) >= 0)
    throw failed(`the base is not ${modulusBytes} bytes below the modulus`);
  if (!Number.isSafeInteger(squarings) || squarings < 1 || squarings > limits.squarings)
    throw failed(`${squarings} squarings are not between 1 and ${limits.squarings}`);
}

const failed = (why: string): TouchstoneError =>
  new TouchstoneError('engine.failed', `Squaring failed: ${why}.`);
