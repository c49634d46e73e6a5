import { parentPort } from 'node:worker_threads';
import type { PreparedCompute } from '../../challenges/engines/engine.js';
import { createOnnxEngine } from '../../challenges/engines/onnx/engine.js';
import type { HostQuestion, HostReply, HostRequest, Prepared } from './messages.js';

// One core: the others belong to whatever real supplier and verifier run beside the simulation.
const engine = createOnnxEngine({ provider: 'cpu', threads: 1 });
const opened = new Map<number, PreparedCompute>();
let count = 0;

async function answer(question: HostQuestion): Promise<Prepared | Int32Array | undefined> {
  if (question.ask === 'prepare') return open(question.shape);
  const prepared = opened.get(question.prepared);
  if (!prepared) throw new Error(`nothing is prepared under ${question.prepared}`);
  if (question.ask === 'digests') return prepared.digests(question.start, question.first, question.count);
  if (question.ask === 'load') await prepared.load(question.network);
  else await close(question.prepared, prepared);
  return undefined;
}

async function open(shape: Parameters<typeof engine.prepare>[0]): Promise<Prepared> {
  const prepared = await engine.prepare(shape);
  opened.set(++count, prepared);
  return { prepared: count, batchPages: prepared.batchPages };
}

async function close(number: number, prepared: PreparedCompute): Promise<void> {
  opened.delete(number);
  await prepared.close();
}

const reply = (message: HostReply): void => parentPort?.postMessage(message);

parentPort?.on('message', ({ id, question }: HostRequest) => {
  answer(question).then(
    (found) => reply({ id, answer: found }),
    (error: unknown) => reply({ id, error: error instanceof Error ? error.message : String(error) }),
  );
});
