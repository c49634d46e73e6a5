import { Worker } from 'node:worker_threads';
import type { ComputeEngine } from '../../challenges/engines/engine.js';
import { workerFile } from '../../challenges/engines/worker-file.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { HostQuestion, HostReply, HostRequest, Prepared } from './messages.js';

type Answer = Extract<HostReply, { answer: unknown }>['answer'];

/**
 * The engine that does the real work of all simulated chips of a process: ONNX Runtime on one core, in a thread of
 * its own, so that timers and connections of the suppliers are not held up by it. `close` ends the thread.
 */
export function startHostEngine(): ComputeEngine {
  const { filename, execArgv } = workerFile(import.meta.url, 'host-thread');
  const worker = new Worker(filename, { execArgv });
  const waiting = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>();
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

  const ask = (question: HostQuestion): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const request: HostRequest = { id: asked++, question };
      waiting.set(request.id, { resolve, reject });
      worker.postMessage(request);
    });

  return {
    name: 'onnx-cpu',
    async prepare({ n, layers, pages }) {
      const { prepared, batchPages } = (await ask({
        ask: 'prepare',
        shape: { n, layers, pages },
      })) as Prepared;
      return {
        batchPages,
        load: async (network) => void (await ask({ ask: 'load', prepared, network })),
        digests: async (start, first, count) =>
          (await ask({ ask: 'digests', prepared, start, first, count })) as Int32Array,
        close: async () => void (await ask({ ask: 'close', prepared })),
      };
    },
    close: async () => void (await worker.terminate()),
  };
}
