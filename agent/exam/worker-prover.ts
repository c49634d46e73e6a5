import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { workerFile } from '../../challenges/engines/worker-file.js';
import { isCode } from '../../protocol/codes/table.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { Opening, Reveal } from '../../protocol/messages/exam.js';
import type { ComputeShape } from '../../protocol/shapes.js';
import type { CardProver } from './prover.js';
import type { WorkerCall, WorkerCalls, WorkerReply, WorkerRequest } from './worker-calls.js';

export interface WorkerProverOptions {
  /** Its name, such as `onnx-cpu`. */
  readonly engine: string;
  /** Variables of the engine's process that choose its card, such as `CUDA_VISIBLE_DEVICES`. */
  readonly env?: Readonly<Record<string, string>>;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: TouchstoneError): void;
  onProgress(share: number): void;
}

/**
 * A real card: its engine runs in a process of its own. A run blocks its thread, so it needs one; and a process, not a
 * thread, because native code can crash (two WebGPU sessions of ONNX Runtime in threads of one process do:
 * microsoft/onnxruntime#32561), because a hung driver can only be killed with its process, and because CUDA and
 * Vulkan choose their card by environment variables.
 *
 * Every call rejects with TouchstoneError, `engine.failed` where the process ended. The next call starts a new one.
 */
export class WorkerProver implements CardProver {
  readonly #options: WorkerProverOptions;
  readonly #waiting = new Map<number, Waiting>();
  #child: ChildProcess | undefined;
  #lastId = 0;

  constructor(options: WorkerProverOptions) {
    this.#options = options;
  }

  /** Process id of the engine while one runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * Holds the engine against the reference and measures it for a moment.
   *
   * @returns GFLOPS of its own page work, 2 · n² · layers a page
   * @throws TouchstoneError `engine.unavailable`, `engine.inexact` or `engine.failed`
   */
  check(): Promise<number> {
    return this.#call('check', null);
  }

  arm(shape: ComputeShape): Promise<string> {
    return this.#call('arm', shape);
  }

  commit(seed: Uint8Array, onProgress: (share: number) => void): Promise<Uint8Array[]> {
    return this.#call('commit', seed, onProgress);
  }

  reveal(openings: readonly Opening[]): Promise<Reveal[]> {
    return this.#call('reveal', openings);
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
    const { filename, execArgv } = workerFile(import.meta.url, 'card-worker');
    const child = fork(filename, [this.#options.engine], {
      execArgv,
      env: { ...process.env, ...this.#options.env },
      serialization: 'advanced',
      // Drivers write what they like there; only the last words are of use, when it was a crash.
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child = child;
    let lastWords = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      lastWords = (lastWords + chunk.toString()).slice(-1000);
    });
    child.on('message', (reply: WorkerReply) => this.#take(reply));
    child.on('error', (error) => this.#ended(child, error.message));
    child.on('exit', (code, signal) => {
      this.#ended(child, `ended by ${signal ?? `itself, code ${code}`}. ${lastWords.trim()}`.trim());
    });
    return child;
  }

  #take(reply: WorkerReply): void {
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
  }

  #ended(child: ChildProcess, how: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    const error = new TouchstoneError('engine.failed', `The process of ${this.#options.engine} ${how}`);
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}
