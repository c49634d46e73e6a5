// How long honest exams take beside a flood of junk commits, reveals and handshakes: `npm run bench:flood [-- LIARS STRANGERS]`.
// Verifier, flood and honest devices are processes of their own; with and without the flood take turns in one run. What matters is
// the ratio. The event loop's figures are the verifier's own, from its /metrics.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type HonestExam, honestExam } from '../test/edges/testing/honest-exam.js';
import { print, type Row } from './markdown.js';

const turns = 3;
const examsEachTurn = 10;
const [liars = '50', strangers = '4'] = process.argv.slice(2);

/** Whatever becomes of this process: none of those is left alone. */
const children: ChildProcess[] = [];
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

interface Child {
  readonly process: ChildProcess;
  /** The next line that it says. */
  line(): Promise<Record<string, unknown>>;
}

function start(script: string, ...args: readonly string[]): Child {
  const file = fileURLToPath(new URL(`./flood/${script}.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return { process: child, line: async () => JSON.parse((await lines.next()).value ?? '{}') };
}

async function figure(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(name))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** Some honest devices, one after the other, and how busy the verifier was at each. */
async function someExams(url: string): Promise<{ exams: HonestExam[]; loop: number[] }> {
  const exams: HonestExam[] = [];
  const loop: number[] = [];
  for (let i = 0; i < examsEachTurn; i += 1) {
    exams.push(await honestExam(url));
    loop.push(await figure(url, 'touchstone_loop_utilisation'));
  }
  return { exams, loop };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

interface Measured {
  readonly exams: HonestExam[];
  readonly loop: number[];
}

const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-bench-flood-'));
const verifier = start('verifier-process', dataDir);
const url = String((await verifier.line()).listening);
await honestExam(url);
const quiet: Measured = { exams: [], loop: [] };
const flooded: Measured = { exams: [], loop: [] };
const did = { frames: 0, lines: 0, requests: 0 };
let floodedMs = 0;
const add = (to: Measured, { exams, loop }: Measured) => {
  to.exams.push(...exams);
  to.loop.push(...loop);
};
for (let turn = 0; turn < turns; turn += 1) {
  add(quiet, await someExams(url));
  const flood = start('flood-process', url, liars, strangers);
  await flood.line();
  const from = performance.now();
  add(flooded, await someExams(url));
  floodedMs += performance.now() - from;
  flood.process.stdin?.write('end\n');
  const { frames, lines, requests } = (await flood.line()) as typeof did;
  did.frames += frames;
  did.lines += lines;
  did.requests += requests;
}
const refused = await figure(url, 'touchstone_messages_refused_total');
const shed = await figure(url, 'touchstone_requests_shed_total');
verifier.process.kill('SIGKILL');
await once(verifier.process, 'exit');
rmSync(dataDir, { recursive: true, force: true });

const ms = (value: number) => value.toFixed(0);
const row = (what: string, read: (measured: Measured) => number[]): Row => {
  const [before, beside] = [quantile(read(quiet), 0.5), quantile(read(flooded), 0.5)];
  return {
    what,
    'without, median': ms(before),
    'without, p95': ms(quantile(read(quiet), 0.95)),
    'beside the flood, median': ms(beside),
    'beside the flood, p95': ms(quantile(read(flooded), 0.95)),
    'ratio of medians': (beside / before).toFixed(2),
  };
};
print([
  row('from the commit to the verdict, ms', ({ exams }) => exams.map(({ answerMs }) => answerMs)),
  row('from enrolment to the verdict, ms', ({ exams }) => exams.map(({ wholeMs }) => wholeMs)),
  row('event loop utilisation, %', ({ loop }) => loop.map((share) => share * 100)),
]);
const passed = [...quiet.exams, ...flooded.exams].filter(({ outcome }) => outcome === 'passed').length;
const each = (count: number) => (count / (floodedMs / 1000)).toFixed(0);
print([
  {
    'honest exams passed': `${passed} of ${quiet.exams.length + flooded.exams.length}`,
    'junk frames sent/s': each(did.frames),
    'lines opened/s': each(did.lines),
    'knocks/s': each(did.requests),
    'messages refused': String(refused),
    'requests sent away': String(shed),
  },
]);
