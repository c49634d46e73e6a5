import { randomBytes } from 'node:crypto';
import { TouchstoneError } from '../../protocol/error.js';
import { createEngine } from './catalogue.js';
import type { ProbeReport } from './find.js';
import { selfCheck, selfCheckTable } from './selfcheck.js';
import { createTableEngine } from './table-catalogue.js';

// Forked by find.ts: tries the engine of a kind (first argument) and name (second), and reports to the parent.

const send = (report: ProbeReport): Promise<void> =>
  new Promise((resolve) => process.send?.(report, () => resolve()));

const [kind, name = ''] = process.argv.slice(2);
try {
  if (kind === 'table') {
    const engine = createTableEngine(name);
    await selfCheckTable(engine, randomBytes);
    await engine.close();
  } else {
    const engine = createEngine(name);
    await selfCheck(engine, randomBytes);
    await engine.close();
  }
  await send('exact');
} catch (error) {
  const code = error instanceof TouchstoneError ? error.code : 'engine.failed';
  await send({ code, reason: error instanceof Error ? error.message : String(error) });
}
// A driver's threads may keep a process alive after its work is done.
process.exit(0);
