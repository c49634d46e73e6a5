import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type WorkerFile, workerFile } from '../../challenges/engines/worker-file.js';
import { isCode } from '../../protocol/codes/table.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { Opening, Reveal, WalkerOpening, WalkerReveal } from '../../protocol/messages/reveals.js';
import type { ComputeShape, MemoryShape } from '../../protocol/shapes.js';
import type { CardProver } from './prover.js';
import type { WorkerCall, WorkerCalls, WorkerReply, WorkerRequest } from './worker-calls.js';

export interface WorkerProverOptions {
  /** Name of its compute engine, such as `onnx-cpu`; null for none. */
  readonly engine: string | null;
  /** Name of its table engine, such as `webgpu`; none where it is null or absent. */
  readonly tableEngine?: string | null;
  /** Variables of the engine's process that choose its card, such as `CUDA_VISIBLE_DEVICES`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Another file for the process, for tests of what a broken one does. */
  readonly process?: WorkerFile;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: TouchstoneError): void;
  onProgress(share: number): void;
}

/**
 * A real card: its engines run in a process of its own. A run blocks its thread, so it needs one; and a process, not a
 * thread, because native code can crash (two WebGPU sessions of ONNX Runtime in threads of one process do:
 * microsoft/onnxruntime#32561), because a hung driver can only be killed with its process, and because CUDA and
 * Vulkan choose their card by environment variables.
 *
 * Every call rejects with TouchstoneError, `engine.failed` where the process ended. The next call starts a new one; so
 * it does after `engine.device-lost`, because a driver is sure to come back only in a new process.
 */
export class WorkerProver implements CardProver {
  readonly #options: WorkerProverOptions;
  readonly #waiting = new Map<number, Waiting>();
  #child: ChildProcess | undefined;
  /** The process has had the compute engine at work. */
  #computed = false;
  /** It has had the table engine at work. */
  #tabled = false;
  #lastId = 0;
  /** How the last process ended. */
  #lastEnd = 'There was no process.';

  constructor(options: WorkerProverOptions) {
    this.#options = options;
  }

  /** Process id of the engine while one runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * Holds the compute engine against the reference and measures it for a moment.
   *
   * @returns GFLOPS of its own page work, 2 · n² · layers a page
   * @throws TouchstoneError `engine.unavailable`, `engine.inexact` or `engine.failed`
   */
  check(): Promise<number> {
    return this.#call('check', null);
  }

  /**
   * Holds the table engine against the reference and measures it for a moment.
   *
   * @returns GOPS of building a table, 2 · n² · layers a page
   * @throws TouchstoneError as `check`; `engine.out-of-memory` where not even a small table fits
   */
  checkTable(): Promise<number> {
    return this.#call('checkTable', null);
  }

  /** In a process that has held no table: not all engines get on with each other in one. */
  async arm(shape: ComputeShape): Promise<string> {
    if (this.#tabled) await this.close();
    const armed = this.#call('arm', shape);
    this.#computed = true;
    return await armed;
  }

  commit(seed: Uint8Array, onProgress: (share: number) => void): Promise<Uint8Array[]> {
    return this.#call('commit', seed, onProgress);
  }

  reveal(openings: readonly Opening[]): Promise<Reveal[]> {
    return this.#call('reveal', openings);
  }

  /**
   * In a process that has not computed: TensorFlow keeps all of a card's memory until its process ends, CUDA some hundred
   * megabytes, and a table leaves room for neither. What was computed is lost with it; by now all of it was shown.
   */
  async build(
    shape: MemoryShape,
    tableSeed: Uint8Array,
    onProgress: (share: number) => void,
  ): Promise<string> {
    if (this.#computed) await this.close();
    const built = this.#call('build', { shape, tableSeed }, onProgress);
    this.#tabled = true;
    return await built;
  }

  /** A table lies there for hours, and its process may end meanwhile: none is started to say so. */
  async walk(
    walkSeed: Uint8Array,
    onProgress: (share: number) => void,
    rounds?: number,
  ): Promise<Uint8Array[]> {
    if (!this.#child) throw this.#gone();
    return await this.#call('walk', { walkSeed, rounds }, onProgress);
  }

  async revealWalk(openings: readonly WalkerOpening[]): Promise<WalkerReveal[]> {
    if (!this.#child) throw this.#gone();
    return await this.#call('revealWalk', openings);
  }

  /** Without a process there is no table, and none is started to say so. */
  async dropTable(): Promise<void> {
    if (this.#child) await this.#call('dropTable', null);
  }

  /** An idle process keeps some hundred megabytes of the machine, and on some engines of the card. */
  async rest(): Promise<void> {
    await this.close();
  }

  async close(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  #call<C extends WorkerCall>(
    call: C,
    argument: WorkerCalls[C]['argument'],
    onProgress: (share: number) => void = () => {},
  ): Promise<WorkerCalls[C]['result']> {
    const child = this.#child ?? this.#start();
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject, onProgress });
      // Where it can't be sent, the process is ending: its exit rejects this.
      child.send({ id, call, argument } as WorkerRequest, () => {});
    });
  }

  #start(): ChildProcess {
    const { engine, tableEngine, process: file = workerFile(import.meta.url, 'card-worker') } = this.#options;
    const { filename, execArgv } = file;
    const child = fork(filename, [engine ?? '-', tableEngine ?? '-'], {
      execArgv: [...execArgv, '--expose-gc'],
      env: { ...process.env, ...this.#options.env },
      serialization: 'advanced',
      // Drivers write what they like there; only the last words are of use, when it was a crash.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child = child;
    this.#computed = false;
    this.#tabled = false;
    let lastWords = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      lastWords = (lastWords + chunk.toString()).slice(-1000);
    });
    child.on('message', (reply: WorkerReply) => this.#take(reply, child));
    child.on('error', (error) => this.#ended(child, error.message));
    child.on('exit', (code, signal) => {
      this.#ended(child, `ended by ${signal ?? `itself, code ${code}`}. ${lastWords.trim()}`.trim());
    });
    return child;
  }

  #take(reply: WorkerReply, child: ChildProcess): void {
    const waiting = this.#waiting.get(reply.id);
    if (reply.type === 'progress') {
      waiting?.onProgress(reply.share);
      return;
    }
    this.#waiting.delete(reply.id);
    if (reply.type === 'result') {
      waiting?.resolve(reply.result);
      return;
    }
    const code = isCode(reply.code) ? reply.code : 'engine.failed';
    waiting?.reject(new TouchstoneError(code, reply.message));
    if (code !== 'engine.device-lost') return;
    this.#ended(child, 'lost its card.');
    child.kill('SIGKILL');
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    const { engine, tableEngine } = this.#options;
    const names = [engine, tableEngine].filter(Boolean).join(' and ');
    this.#lastEnd = `The process of ${names} ${how}`;
    const error = new TouchstoneError('engine.failed', this.#lastEnd);
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }

  #gone(): TouchstoneError {
    return new TouchstoneError('engine.failed', `There is no table. ${this.#lastEnd}`);
  }
}
