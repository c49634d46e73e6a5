// The process that hosts one card's engines; `WorkerProver` starts it with `fork`. Arguments: the names of the compute
// engine and of the table engine, `-` for none.
import { randomBytes } from 'node:crypto';
import { createEngine } from '../../challenges/engines/catalogue.js';
import { selfCheck, selfCheckTable } from '../../challenges/engines/selfcheck.js';
import { createTableEngine } from '../../challenges/engines/table-catalogue.js';
import { TouchstoneError } from '../../protocol/error.js';
import { measureRate, measureTableRate } from '../cards/warm-up.js';
import { type CardEngines, EngineProver } from './engine-prover.js';
import type { WorkerReply, WorkerRequest } from './worker-calls.js';

const [computeName = '-', tableName = '-'] = process.argv.slice(2);
const engines: CardEngines = {
  compute: computeName === '-' ? null : () => createEngine(computeName),
  table: tableName === '-' ? null : () => createTableEngine(tableName),
};
const prover = new EngineProver(engines);
const now = (): number => performance.now();

/** Holds an engine of its own against the reference, then measures it. */
async function tried<E extends { close(): Promise<void> }>(
  make: (() => E) | null,
  check: (engine: E) => Promise<void>,
  measure: (engine: E) => Promise<number>,
): Promise<number> {
  if (!make)
    throw new TouchstoneError('engine.unavailable', 'This process was started without such an engine.');
  const engine = make();
  try {
    await check(engine);
    return await measure(engine);
  } finally {
    await engine.close();
  }
}

async function run(request: WorkerRequest): Promise<unknown> {
  const progress = inHundredths((share) => reply({ id: request.id, type: 'progress', share }));
  switch (request.call) {
    case 'check':
      return await tried(
        engines.compute,
        (engine) => selfCheck(engine, randomBytes),
        (engine) => measureRate(engine, now),
      );
    case 'checkTable':
      return await tried(
        engines.table,
        (engine) => selfCheckTable(engine, randomBytes),
        (engine) => measureTableRate(engine, now),
      );
    case 'arm':
      return await prover.arm(request.argument);
    case 'commit':
      return await prover.commit(request.argument, progress);
    case 'reveal':
      return await prover.reveal(request.argument);
    case 'build':
      return await prover.build(request.argument.shape, request.argument.tableSeed, progress);
    case 'walk':
      return await prover.walk(request.argument.walkSeed, progress, request.argument.rounds);
    case 'revealWalk':
      return await prover.revealWalk(request.argument);
    case 'dropTable':
      await prover.dropTable();
      // A table in host memory is gone when Node collects its buffers, and an idle process has no reason to.
      return globalThis.gc?.();
  }
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
