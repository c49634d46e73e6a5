// The process that hosts one card's engine; `WorkerProver` starts it with `fork`. First argument: the engine's name.
import { randomBytes } from 'node:crypto';
import { type ComputeProof, proveCompute } from '../../challenges/compute/prover.js';
import { createEngine } from '../../challenges/engines/catalogue.js';
import type { PreparedCompute } from '../../challenges/engines/engine.js';
import { selfCheck } from '../../challenges/engines/selfcheck.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { ComputeShape } from '../../protocol/shapes.js';
import { measureRate } from '../cards/warm-up.js';
import type { WorkerReply, WorkerRequest } from './worker-calls.js';

const engine = createEngine(process.argv[2] ?? '');
let armed:
  | { readonly key: string; readonly shape: ComputeShape; readonly prepared: PreparedCompute }
  | undefined;
let proof: ComputeProof | undefined;

async function check(): Promise<number> {
  await selfCheck(engine, randomBytes);
  return await measureRate(engine, () => performance.now());
}

/** The same shape again needs nothing new: kernels and buffers are there. */
async function arm(shape: ComputeShape): Promise<string> {
  const key = JSON.stringify([shape.n, shape.layers, shape.pages, shape.rounds]);
  if (armed?.key === key) return engine.name;
  await armed?.prepared.close();
  armed = undefined;
  armed = { key, shape, prepared: await engine.prepare(shape) };
  return engine.name;
}

async function commit(seed: Uint8Array, onProgress: (share: number) => void): Promise<Uint8Array[]> {
  if (!armed)
    throw new TouchstoneError('engine.failed', 'The engine was restarted and has to be armed first.');
  proof = undefined;
  proof = await proveCompute(armed.prepared, armed.shape, seed, onProgress);
  return proof.roots;
}

function run(request: WorkerRequest): unknown {
  if (request.call === 'check') return check();
  if (request.call === 'arm') return arm(request.argument);
  if (request.call === 'commit')
    return commit(
      request.argument,
      inHundredths((share) => reply({ id: request.id, type: 'progress', share })),
    );
  if (!proof)
    throw new TouchstoneError('engine.failed', 'The engine was restarted and lost what it had computed.');
  return proof.reveal(request.argument);
}

/** A message costs time, and there are thousands of batches: one for each hundredth of the work is enough. */
function inHundredths(report: (share: number) => void): (share: number) => void {
  let last = 0;
  return (share) => {
    if (share < 1 && share - last < 0.01) return;
    last = share;
    report(share);
  };
}

function reply(message: WorkerReply): void {
  process.send?.(message);
}

process.on('message', async (request: WorkerRequest) => {
  const { id } = request;
  try {
    reply({ id, type: 'result', result: await run(request) });
  } catch (error) {
    const code = error instanceof TouchstoneError ? error.code : 'engine.failed';
    reply({ id, type: 'error', code, message: error instanceof Error ? error.message : String(error) });
  }
});

// The agent decides when a card stops. A Ctrl-C in the terminal reaches this process too, and would end a card
// that the agent still wants to close in order. Without the agent there is nothing left to do.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());
