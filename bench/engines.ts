// How fast the forms of the page graph are against each other, on every provider here: `npm run bench:engines`.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { findDawnCards } from '../agent/cards/dawn.js';
import { findSoftwareDevice } from '../agent/cards/software-vulkan.js';
import { type ArithmeticName, arithmetics } from '../challenges/engines/onnx/arithmetic.js';
import { arithmeticsFor, isExact } from '../challenges/engines/onnx/forms.js';
import type { OnnxProvider } from '../challenges/engines/onnx/providers.js';
import { type OnnxOptions, PageSession } from '../challenges/engines/onnx/session.js';
import { networkFromSeed } from '../challenges/pages/network.js';
import { startsOfPages, startVectors } from '../challenges/pages/start.js';
import { inTurns } from './stopwatch.js';

const turns = 9;
const plain: ArithmeticName = 'float-floors';

interface Case {
  readonly what: string;
  readonly start: 'grid' | 'pages';
  readonly n: number;
  readonly layers: number;
  readonly pages: number;
}

/** What a device computes, and what a verifier recomputes. */
const cases: Readonly<Record<'cpu' | 'webgpu', readonly Case[]>> = {
  cpu: [
    { what: 'exam', start: 'grid', n: 256, layers: 16, pages: 1024 },
    { what: 'exam', start: 'grid', n: 1024, layers: 16, pages: 1024 },
    { what: 'openings', start: 'pages', n: 1024, layers: 16, pages: 32 },
    { what: 'steps of a walk', start: 'pages', n: 1024, layers: 8, pages: 16 },
    { what: 'steps of a walk', start: 'pages', n: 256, layers: 256, pages: 16 },
  ],
  webgpu: [
    { what: 'exam', start: 'grid', n: 256, layers: 4, pages: 1024 },
    { what: 'exam', start: 'grid', n: 1024, layers: 4, pages: 128 },
  ],
};

async function benchProvider(provider: 'cpu' | 'webgpu'): Promise<void> {
  for (const one of cases[provider]) {
    const options: OnnxOptions = one.start === 'pages' ? { provider, threads: 1 } : { provider };
    await benchCase(options, one);
  }
}

/** All forms that are exact here, in turns, so that whatever else the machine does hits all of them alike. */
async function benchCase(options: OnnxOptions, { what, start, n, layers, pages }: Case): Promise<void> {
  const seed = new Uint8Array(32);
  const network = networkFromSeed(seed, n, layers);
  const { left, right } = startVectors(seed, n, pages);
  const from = start === 'grid' ? { left, right } : { starts: startsOfPages({ left, right }, n, 0, pages) };
  const output = start === 'grid' ? 'digests' : 'pages';
  const names: ArithmeticName[] = [];
  const sessions: PageSession[] = [];
  for (const arithmetic of Object.keys(arithmetics) as ArithmeticName[]) {
    if (arithmetic !== plain && !(await isExact(options, { n, start, output, arithmetic }))) continue;
    const session = await PageSession.create(options, { n, layers, start, output, arithmetic });
    session.load(network);
    await session[output](from);
    names.push(arithmetic);
    sessions.push(session);
  }
  const times = await inTurns(
    turns,
    sessions.map((session) => () => session[output](from)),
  );
  for (const session of sessions) await session.close();
  const [chosen] = arithmeticsFor(options.provider, start).filter((name) => names.includes(name));
  const base = times[names.indexOf(plain)] ?? Number.NaN;
  names.forEach((name, i) => {
    const ms = times[i] ?? Number.NaN;
    const cells = [
      `${options.provider}, ${options.threads ?? availableParallelism()} threads`,
      `${what}: n ${n}, ${layers} layers, ${pages} pages`,
      name === chosen ? `**${name}**` : name,
      ((2 * n * n * layers * pages) / ms / 1e6).toPrecision(3),
      (base / ms).toFixed(2),
    ];
    process.stdout.write(`| ${cells.join(' | ')} |\n`);
  });
}

/** A process of its own with a Vulkan device to see: a GPU of this machine, else one in software. None, no figures. */
async function benchWebgpu(): Promise<void> {
  const cards = await findDawnCards();
  const device = cards.some((card) => card.chosen) ? { env: {} } : await findSoftwareDevice(cards);
  if (device === null) return;
  const child = fork(new URL(import.meta.url), ['webgpu'], {
    execArgv: process.execArgv,
    env: { ...process.env, ...device.env },
  });
  await once(child, 'exit');
}

const provider = process.argv[2] as OnnxProvider | undefined;
if (provider === 'webgpu') {
  await benchProvider('webgpu');
  process.exit(0);
}
process.stdout.write('| provider | work | form (bold: the chosen one) | GFLOP/s | of the plain form |\n');
process.stdout.write('| --- | --- | --- | --- | --- |\n');
await benchProvider('cpu');
await benchWebgpu();
