import { parentPort } from 'node:worker_threads';
import type { PreparedCompute } from '../../challenges/engines/engine.js';
import { createOnnxEngine } from '../../challenges/engines/onnx/engine.js';
import { createOnnxRecompute } from '../../challenges/engines/onnx/recompute.js';
import type { PreparedTable } from '../../challenges/engines/table.js';
import { createHostTableEngine } from './host-table.js';
import type { HostAnswer, HostQuestion, HostReply, HostRequest, Prepared } from './messages.js';

// One core: the others belong to whatever real supplier and verifier run beside the simulation.
const computeEngine = createOnnxEngine({ provider: 'cpu', threads: 1 });
const { recompute } = createOnnxRecompute({ provider: 'cpu', threads: 1 });
const tableEngine = createHostTableEngine(recompute);
const computes = new Map<number, PreparedCompute>();
const tables = new Map<number, PreparedTable>();
let count = 0;

async function answer(question: HostQuestion): Promise<HostAnswer> {
  switch (question.ask) {
    case 'prepare': {
      const prepared = await computeEngine.prepare(question.shape);
      return keep(computes, prepared, prepared.batchPages);
    }
    case 'load':
      return named(computes, question.prepared).load(question.network) as Promise<undefined>;
    case 'digests':
      return named(computes, question.prepared).digests(question.start, question.first, question.count);
    case 'prepare table': {
      const prepared = await tableEngine.prepare(question.shape);
      return keep(tables, prepared, prepared.batchWalkers);
    }
    case 'build':
      return named(tables, question.prepared).build(question.source) as Promise<undefined>;
    case 'walk':
      return named(tables, question.prepared).walk(question.keys, question.first, question.count);
    case 'read':
      return named(tables, question.prepared).read(question.bank, question.first, question.count);
    case 'close':
      return close(question.prepared);
  }
}

function keep<T>(kept: Map<number, T>, prepared: T, batch: number): Prepared {
  kept.set(++count, prepared);
  return { prepared: count, batch };
}

function named<T>(kept: ReadonlyMap<number, T>, number: number): T {
  const prepared = kept.get(number);
  if (!prepared) throw new Error(`nothing is prepared under ${number}`);
  return prepared;
}

async function close(number: number): Promise<undefined> {
  const prepared = computes.get(number) ?? tables.get(number);
  computes.delete(number);
  tables.delete(number);
  await prepared?.close();
}

const reply = (message: HostReply): void => parentPort?.postMessage(message);

parentPort?.on('message', ({ id, question }: HostRequest) => {
  answer(question).then(
    (found) => reply({ id, answer: found }),
    (error: unknown) => reply({ id, error: error instanceof Error ? error.message : String(error) }),
  );
});
