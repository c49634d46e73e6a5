import type { Command } from 'commander';
import type { AbsentEngine } from '../../challenges/engines/find.js';
import type { VectorResult, VectorVerifier } from '../../challenges/vectors/check.js';
import { TouchstoneError } from '../../protocol/error.js';
import { formatError } from '../output.js';

interface VectorsOptions {
  readonly json?: boolean;
  readonly engine?: string[];
}

/** `touchstone vectors DIR`: every engine on this machine against answer files. */
export function registerVectors(program: Command): void {
  program
    .command('vectors')
    .argument('<dir>', 'directory with stream.json, compute.json, memory.json, timelock.json')
    .description('Check every engine on this machine against answer files.')
    .option('--json', 'print one JSON document')
    .option(
      '--engine <name...>',
      'only these engines, such as onnx-cpu, cpu or native; a wrong name lists all',
    )
    .action(async (directory: string, options: VectorsOptions) => {
      const ok = options.json ? await printJson(directory, options) : await printLines(directory, options);
      if (!ok) process.exitCode = 1;
    });
}

async function printLines(directory: string, options: VectorsOptions): Promise<boolean> {
  const print = (line: string) => process.stdout.write(`${line}\n`);
  try {
    const run = await runVectors(directory, options, (result) => print(lineOf(result)));
    for (const { name, code, reason } of run.absent) {
      print(`${name.padEnd(14)} ${code === 'engine.unavailable' ? 'absent' : code}: ${reason}`);
    }
    print(`${run.checked} checked, ${run.differences} differ`);
    if (run.checked === 0) print('Nothing was checked, so nothing is shown.');
    return run.ok;
  } catch (error) {
    if (!(error instanceof TouchstoneError)) throw error;
    process.stderr.write(formatError(error));
    return false;
  }
}

async function printJson(directory: string, options: VectorsOptions): Promise<boolean> {
  let document: { readonly ok: boolean };
  try {
    document = await runVectors(directory, options);
  } catch (error) {
    if (!(error instanceof TouchstoneError)) throw error;
    document = { ok: false, error: { code: error.code, message: error.message } } as { readonly ok: boolean };
  }
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  return document.ok;
}

/** What `--json` prints. */
interface VectorsRun {
  readonly ok: boolean;
  readonly checked: number;
  readonly differences: number;
  readonly results: VectorResult[];
  readonly absent: readonly AbsentEngine[];
}

async function runVectors(
  directory: string,
  { engine: wanted }: VectorsOptions,
  onResult: (result: VectorResult) => void = () => {},
): Promise<VectorsRun> {
  const { openEngines } = await import('./vectors-engines.js');
  const { createOnnxRecompute } = await import('../../challenges/engines/onnx/recompute.js');
  const { referenceRecompute } = await import('../../challenges/engines/reference.js');
  const { checkVectors } = await import('../../challenges/vectors/check.js');
  const { compute, tables, squarers, absent, close } = await openEngines(wanted);
  const product = createOnnxRecompute({ provider: 'cpu' });
  const verifiers: VectorVerifier[] = [];
  if (compute.some(({ name }) => name === 'reference'))
    verifiers.push({ name: 'verifier reference', recompute: referenceRecompute });
  if (compute.some(({ name }) => name === 'onnx-cpu'))
    verifiers.push({ name: 'verifier onnx-cpu', recompute: product.recompute });
  try {
    const subjects = { engines: compute, tableEngines: tables, squarers, verifiers };
    const results = await checkVectors(directory, subjects, onResult);
    const checked = results.length;
    const differences = results.filter((result) => !result.ok).length;
    // An engine that is here and wrong is a difference; one that was asked for by name and is absent was not checked.
    const missed = absent.filter(({ code }) => wanted !== undefined || code !== 'engine.unavailable');
    const ok = checked > 0 && differences === 0 && missed.length === 0;
    return { ok, checked, differences, results, absent };
  } finally {
    await product.close();
    await close();
  }
}

function lineOf({ file, case: at, engine, ok, difference }: VectorResult): string {
  return `${file} case ${at}  ${engine.padEnd(18)} ${ok ? 'ok' : `DIFFERS: ${difference}`}`;
}
