import { Worker } from 'node:worker_threads';
import type { ComputeEngine } from '../../challenges/engines/engine.js';
import type { TableEngine } from '../../challenges/engines/table.js';
import { workerFile } from '../../challenges/engines/worker-file.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { Engines } from '../card.js';
import type { HostAnswer, HostQuestion, HostReply, HostRequest, Prepared } from './messages.js';

type Ask = (question: HostQuestion) => Promise<HostAnswer>;

/** Engines in a thread of their own; `close` ends the thread. */
export interface HostEngines extends Engines {
  close(): Promise<void>;
}

/**
 * The engines that do the real work of all simulated chips of a process: on one core, in one thread, so that timers and
 * connections of the suppliers are not held up by it.
 */
export function startHostEngines(): HostEngines {
  const { filename, execArgv } = workerFile(import.meta.url, 'host-thread');
  const worker = new Worker(filename, { execArgv });
  const ask = asking(worker);
  return {
    compute: computeEngine(ask),
    table: tableEngine(ask),
    close: async () => void (await worker.terminate()),
  };
}

function asking(worker: Worker): Ask {
  const waiting = new Map<number, { resolve(answer: HostAnswer): void; reject(error: Error): void }>();
  let asked = 0;
  worker.on('message', (reply: HostReply) => {
    const asker = waiting.get(reply.id);
    waiting.delete(reply.id);
    if ('error' in reply) asker?.reject(new TouchstoneError('engine.failed', reply.error));
    else asker?.resolve(reply.answer);
  });
  const fail = (error: Error): void => {
    for (const asker of waiting.values()) asker.reject(error);
    waiting.clear();
  };
  worker.on('error', fail);
  worker.on('exit', () => fail(new TouchstoneError('engine.failed', 'The engine thread has ended.')));
  return (question) =>
    new Promise((resolve, reject) => {
      const request: HostRequest = { id: asked++, question };
      waiting.set(request.id, { resolve, reject });
      worker.postMessage(request);
    });
}

function computeEngine(ask: Ask): ComputeEngine {
  return {
    name: 'onnx-cpu',
    async prepare({ n, layers, pages }) {
      const { prepared, batch } = (await ask({ ask: 'prepare', shape: { n, layers, pages } })) as Prepared;
      return {
        batchPages: batch,
        load: async (network) => void (await ask({ ask: 'load', prepared, network })),
        digests: async (start, first, count) =>
          (await ask({ ask: 'digests', prepared, start, first, count })) as Int32Array,
        close: async () => void (await ask({ ask: 'close', prepared })),
      };
    },
    // The thread is not one engine's.
    close: async () => {},
  };
}

function tableEngine(ask: Ask): TableEngine {
  return {
    name: 'cpu',
    async prepare(shape) {
      const { prepared, batch } = (await ask({ ask: 'prepare table', shape })) as Prepared;
      return {
        batchWalkers: batch,
        build: async (source, onProgress = () => {}) => {
          await ask({ ask: 'build', prepared, source });
          onProgress(1);
        },
        walk: async (keys, first, count) =>
          (await ask({ ask: 'walk', prepared, keys, first, count })) as Uint32Array,
        read: async (bank, first, count) =>
          (await ask({ ask: 'read', prepared, bank, first, count })) as Int8Array,
        close: async () => void (await ask({ ask: 'close', prepared })),
      };
    },
    close: async () => {},
  };
}
