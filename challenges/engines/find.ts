import { fork } from 'node:child_process';
import type { Code } from '../../protocol/codes/table.js';
import { engineNames, onnxEngineNames } from './catalogue.js';
import { engineNameOf, listedProviders } from './onnx/providers.js';
import { tableEngineNames } from './table-catalogue.js';
import { workerFile } from './worker-file.js';

/** An engine that did not compute exactly here, and why. */
export interface AbsentEngine {
  readonly name: string;
  /** `engine.unavailable`: not here. `engine.inexact`, `engine.failed`: here, and not to be trusted. */
  readonly code: Code;
  /** For people: what is missing. */
  readonly reason: string;
}

/** Which engines of a catalogue this machine has. */
export interface FoundEngines {
  /** Names of engines that computed exactly here a moment ago, in the order of their catalogue. */
  readonly present: string[];
  readonly absent: AbsentEngine[];
}

/** What a probe process is asked to try. */
export type ProbeKind = 'compute' | 'table';

/** What it reports. */
export type ProbeReport = Pick<AbsentEngine, 'code' | 'reason'> | 'exact';

const probeMilliseconds = 60_000;

/**
 * Tries the engines of page digests (or those of them in `names`) on this machine, but for the plain loops: each prepares
 * and passes the self-check in a process of its own, because a broken driver takes its whole process down and writes to
 * the terminal.
 */
export async function findEngines(names: readonly string[] = engineNames): Promise<FoundEngines> {
  const listed = new Set((await listedProviders()).map(engineNameOf));
  const missing = onnxEngineNames.filter((name) => !listed.has(name));
  return tryAll('compute', engineNames, names, missing);
}

/** The same for engines that hold tables. */
export async function findTableEngines(names: readonly string[] = tableEngineNames): Promise<FoundEngines> {
  return tryAll('table', tableEngineNames, names, []);
}

async function tryAll(
  kind: ProbeKind,
  all: readonly string[],
  wanted: readonly string[],
  unlisted: readonly string[],
): Promise<FoundEngines> {
  const found: FoundEngines = { present: [], absent: [] };
  const candidates = all.filter((name) => name !== 'reference' && wanted.includes(name));
  await Promise.all(
    candidates.map(async (name) => {
      const report = unlisted.includes(name)
        ? unavailable('not part of the installed ONNX Runtime')
        : await probe(kind, name);
      if (report === 'exact') found.present.push(name);
      else found.absent.push({ name, ...report });
    }),
  );
  const order = (a: string, b: string) => all.indexOf(a) - all.indexOf(b);
  found.present.sort(order);
  found.absent.sort((a, b) => order(a.name, b.name));
  return found;
}

const unavailable = (reason: string): ProbeReport => ({ code: 'engine.unavailable', reason });

function probe(kind: ProbeKind, name: string): Promise<ProbeReport> {
  const { filename, execArgv } = workerFile(import.meta.url, 'probe');
  return new Promise((resolve) => {
    const child = fork(filename, [kind, name], { execArgv, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
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
