import { fork } from 'node:child_process';
import type { Code } from '../../protocol/codes/table.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { ComputeEngine } from './engine.js';
import { createOnnxEngine } from './onnx/engine.js';
import { engineNameOf, listedProviders, onnxProviders } from './onnx/providers.js';
import { createReferenceEngine } from './reference.js';
import { workerFile } from './worker-file.js';

/** Names of all engines, best first; `reference` is for tests and comparison, never for an exam. */
export const engineNames: readonly string[] = [...onnxProviders.map(engineNameOf), 'reference'];

/**
 * An engine by its name. Nothing is loaded before it prepares a shape.
 * @param options.threads CPU threads, where the engine runs on a CPU; all cores when absent
 * @throws TouchstoneError `engine.unavailable` for a name that no engine has
 */
export function createEngine(name: string, options: { threads?: number } = {}): ComputeEngine {
  if (name === 'reference') return createReferenceEngine();
  const provider = onnxProviders.find((candidate) => engineNameOf(candidate) === name);
  if (provider === undefined) {
    throw new TouchstoneError(
      'engine.unavailable',
      `No engine ${name}. There are: ${engineNames.join(', ')}.`,
    );
  }
  return createOnnxEngine({ provider, ...options });
}

export interface AbsentEngine {
  readonly name: string;
  /** `engine.unavailable`: not here. `engine.inexact`, `engine.failed`: here, and not to be trusted. */
  readonly code: Code;
  /** For people: what is missing. */
  readonly reason: string;
}

export interface FoundEngines {
  /** Names of engines that computed exactly here a moment ago, best first. */
  readonly present: string[];
  readonly absent: AbsentEngine[];
}

/** What a probe process reports. */
export type ProbeReport = Pick<AbsentEngine, 'code' | 'reason'> | 'exact';

const probeMilliseconds = 60_000;

/**
 * Tries the ONNX engines (or those of them in `names`) on this machine: each makes a session and passes the self-check
 * in a process of its own, because a broken driver takes its whole process down and writes to the terminal.
 */
export async function findEngines(names: readonly string[] = engineNames): Promise<FoundEngines> {
  const listed = new Set((await listedProviders()).map(engineNameOf));
  const candidates = onnxProviders.map(engineNameOf).filter((name) => names.includes(name));
  const reports = await Promise.all(candidates.map((name) => (listed.has(name) ? probe(name) : unlisted)));
  const found: FoundEngines = { present: [], absent: [] };
  candidates.forEach((name, at) => {
    const report = reports[at] ?? unlisted;
    if (report === 'exact') found.present.push(name);
    else found.absent.push({ name, ...report });
  });
  return found;
}

const unavailable = (reason: string): ProbeReport => ({ code: 'engine.unavailable', reason });
const unlisted = unavailable('not part of the installed ONNX Runtime');

function probe(name: string): Promise<ProbeReport> {
  const { filename, execArgv } = workerFile(import.meta.url, 'probe');
  return new Promise((resolve) => {
    const child = fork(filename, [name], { execArgv, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), probeMilliseconds);
    const end = (report: ProbeReport) => {
      clearTimeout(timer);
      resolve(report);
    };
    child.on('message', (report: ProbeReport) => end(report));
    child.on('error', (error) => end(unavailable(`could not be tried: ${error.message}`)));
    child.on('exit', (code, signal) =>
      end(unavailable(`its process ended with ${signal ?? `exit code ${code}`}`)),
    );
  });
}
