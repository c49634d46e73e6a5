import { availableParallelism, endianness } from 'node:os';
import { TouchstoneError } from '../../../protocol/error.js';
import { leafWalkers } from '../../memory/leaves.js';
import { openPageSession } from '../onnx/forms.js';
import type { PageSession } from '../onnx/session.js';
import type { PreparedTable, TableEngine, TableShape, TableSource } from '../table.js';
import { type WorkerFile, workerFile } from '../worker-file.js';
import { allocateBanks } from './allocate.js';
import { fillBanks } from './fill.js';
import { TableThreads } from './threads.js';

/** How a table in host memory is built and walked. */
export interface CpuTableOptions {
  /** Threads that build and walk; as many as the machine has cores when absent. */
  readonly threads?: number;
  /** Another file for the walking threads, for tests of what a broken one does. */
  readonly thread?: WorkerFile;
}

/** Walkers in one call: some tens of milliseconds of a core, so that messages do not count. */
const batchWalkers = 16_384;

/**
 * A table in host memory: built by ONNX Runtime's CPU provider, walked by threads over memory that they share. A build
 * blocks its thread, so whoever has other work hosts the engine in a worker. Nothing is loaded before `prepare`.
 */
export function createCpuTableEngine({
  threads = availableParallelism(),
  thread = workerFile(import.meta.url, 'table-thread'),
}: CpuTableOptions = {}): TableEngine {
  const open = new Set<PreparedTable>();
  return {
    name: 'cpu',
    async prepare(shape) {
      if (endianness() !== 'LE')
        throw new TouchstoneError('engine.unavailable', 'The cpu engine needs a little-endian machine.');
      const table = await CpuTable.prepare(shape, threads, thread, () => open.delete(table));
      open.add(table);
      return table;
    },
    async close() {
      for (const table of open) await table.close();
    },
  };
}

class CpuTable implements PreparedTable {
  readonly batchWalkers = batchWalkers;
  readonly #shape: TableShape;
  readonly #session: PageSession;
  readonly #threads: TableThreads;
  readonly #coefficients: Int32Array;
  readonly #onClose: () => void;
  #banks: Int8Array[];
  #state: 'empty' | 'built' | 'closed' = 'empty';

  private constructor(
    shape: TableShape,
    session: PageSession,
    threads: TableThreads,
    memory: { banks: readonly SharedArrayBuffer[]; coefficients: SharedArrayBuffer },
    onClose: () => void,
  ) {
    this.#shape = shape;
    this.#session = session;
    this.#threads = threads;
    this.#coefficients = new Int32Array(memory.coefficients);
    this.#banks = memory.banks.map((bank) => new Int8Array(bank));
    this.#onClose = onClose;
  }

  static async prepare(
    shape: TableShape,
    count: number,
    thread: WorkerFile,
    onClose: () => void,
  ): Promise<CpuTable> {
    const { n, layers } = shape;
    const memory = { banks: allocateBanks(shape), coefficients: new SharedArrayBuffer(2 * n) };
    const form = { n, layers, start: 'grid', output: 'pages' } as const;
    const session = await openPageSession({ provider: 'cpu', threads: count }, form);
    const threads = new TableThreads(count, thread, { shape, ...memory });
    const table = new CpuTable(shape, session, threads, memory, onClose);
    try {
      // Every thread walks once on the empty table: it is there, and has compiled its loops.
      await threads.walk(new Uint32Array(8), 0, count * leafWalkers);
    } catch (error) {
      await table.close();
      throw error;
    }
    return table;
  }

  async build(source: TableSource, onProgress: (share: number) => void = () => {}): Promise<void> {
    this.#requireOpen();
    this.#state = 'empty';
    this.#coefficients.set(source.coefficients);
    this.#coefficients.set(source.coefficients, source.coefficients.length);
    await fillBanks(this.#session, this.#shape, this.#banks, source, onProgress);
    this.#requireOpen();
    this.#state = 'built';
  }

  async walk(keys: Uint32Array, first: number, count: number): Promise<Uint32Array> {
    if (this.#state !== 'built') throw this.#failed();
    return this.#threads.walk(keys, first, count);
  }

  async read(bank: number, first: number, count: number): Promise<Int8Array> {
    if (this.#state !== 'built') throw this.#failed();
    const { n } = this.#shape;
    return Int8Array.from((this.#banks[bank] as Int8Array).subarray(first * n, (first + count) * n));
  }

  async close(): Promise<void> {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#onClose();
    this.#banks = [];
    await this.#threads.close();
    await this.#session.close();
  }

  #requireOpen(): void {
    if (this.#state === 'closed') throw this.#failed();
  }

  #failed(): TouchstoneError {
    return new TouchstoneError('engine.failed', `The table is ${this.#state}.`, { engine: 'cpu' });
  }
}
