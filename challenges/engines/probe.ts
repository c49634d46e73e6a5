import { randomBytes } from 'node:crypto';
import { TouchstoneError } from '../../protocol/error.js';
import { createEngine, type ProbeReport } from './catalogue.js';
import { selfCheck } from './selfcheck.js';

// Forked by findEngines: tries the engine named by the first argument and reports to the parent.

const send = (report: ProbeReport): Promise<void> =>
  new Promise((resolve) => process.send?.(report, () => resolve()));

try {
  const engine = createEngine(process.argv[2] ?? '');
  await selfCheck(engine, randomBytes);
  await engine.close();
  await send('exact');
} catch (error) {
  const code = error instanceof TouchstoneError ? error.code : 'engine.failed';
  await send({ code, reason: error instanceof Error ? error.message : String(error) });
}
// A driver's threads may keep a process alive after its work is done.
process.exit(0);
