// What the check of a proof costs the verifier, in processor time, in one run and on one thread: `npm run bench:verify`. Held
// against the bare products of its own recomputation, twice: as plain fp32 products, and as those that the check really runs,
// which are integer products where the processor has them exact. The goal is a ratio of at most 2, and a reveal of at most
// 64 KiB, for the first two; the others are walks as they are issued to real cards.
import { isExact } from '../challenges/engines/onnx/forms.js';
import { createOnnxRecompute } from '../challenges/engines/onnx/recompute.js';
import { classById } from '../scoring/catalogue/catalogue.js';
import { memoryShapeFor } from '../scoring/catalogue/memory-shape.js';
import { loadCatalogue } from '../scoring/catalogue/read-catalogue.js';
import type { Proof } from '../verifier/proofs/proof.js';
import { check } from '../verifier/proofs/worker.js';
import { bareChain, type Products } from './chain.js';
import { largestComputeProof, largestMemoryProof } from './largest-proofs.js';
import { cpuTimed, inTurns } from './stopwatch.js';

const turns = 9;
const n = 1024;

/** What is checked: so many layers, and for a walk so many steps. */
interface Case {
  readonly name: string;
  readonly part: 'compute' | 'memory';
  readonly layers: number;
  readonly steps: number;
  readonly openings: number;
}

/** The walk that a class is asked for. */
function issued(id: string): Case {
  const card = classById(loadCatalogue(), id);
  const shape = card && memoryShapeFor(card, { memoryBytes: card.memoryBytes, memoryEngine: 'webgpu' });
  if (shape?.n !== n) throw new Error(`${id} is not asked for pages of ${n}`);
  return { name: `memory of ${id}`, part: 'memory', layers: shape.layers, steps: shape.steps, openings: 16 };
}

const cases: readonly Case[] = [
  { name: 'compute', part: 'compute', layers: 16, steps: 1, openings: 32 },
  { name: 'memory', part: 'memory', layers: 8, steps: 16, openings: 16 },
  issued('rtx-4090'),
  issued('h200-sxm-141gb'),
];

const options = { provider: 'cpu', threads: 1 } as const;
const integers = { n, start: 'pages', output: 'pages', arithmetic: 'int8-columns' } as const;
const own = (await isExact(options, integers)) ? 'int8' : 'fp32';

const { recompute, close } = createOnnxRecompute(options);
const proofOf = ({ part, layers, steps, openings }: Case): Promise<Proof> =>
  part === 'compute'
    ? largestComputeProof(n, layers, openings, recompute)
    : largestMemoryProof(n, layers, steps, openings, recompute);
const proofs: Proof[][] = [];
// Several of each, so that nothing of one proof can help with the next. One after the other: the product is one.
for (const one of cases) proofs.push([await proofOf(one), await proofOf(one), await proofOf(one)]);
await close();

/** Checks the next proof of a list at each call. */
function checking(proofs: readonly Proof[]): () => Promise<void> {
  let next = 0;
  return async () => {
    const { code } = await check(proofs[next++ % proofs.length] as Proof);
    if (code !== 'proof.complete') throw new Error(`the check found ${code}`);
  };
}

/** The bare products of a proof: those of one chain, again for each step. */
async function bare(kind: Products, { layers, steps, openings }: Case) {
  const chain = await bareChain(kind, n, layers, openings);
  return async () => {
    for (let step = 0; step < steps; step++) await chain();
  };
}

const works: (() => Promise<unknown>)[] = [];
for (const [at, one] of cases.entries())
  works.push(checking(proofs[at] ?? []), await bare('fp32', one), await bare(own, one));
for (const work of works) await work();
const times = await inTurns(turns, works, cpuTimed);

/** Bytes of the reveal that the device sends, as the message that it is. */
function revealBytes([proof]: readonly Proof[]): number {
  const message = {
    type: 'exam.reveal',
    exam: `ex_${'0'.repeat(32)}`,
    card: 63,
    part: proof?.part,
    reveals: proof?.reveals,
  };
  return Buffer.byteLength(JSON.stringify(message));
}

function row(name: string, [check = 0, plain = 0, bare = 0]: readonly number[], bytes: number): string[] {
  const ratio = (products: number) => (check / products).toFixed(2);
  const ms = [check, plain, bare].map((it) => it.toFixed(1)) as [string, string, string];
  return [name, ms[0], ms[1], ratio(plain), ms[2], ratio(bare), (1000 / check).toFixed(0), String(bytes)];
}

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
const columns = [
  'proof',
  'check ms',
  'fp32 products ms',
  'ratio',
  `its own products (${own}) ms`,
  'ratio',
  'proofs/s per core',
  'reveal bytes',
];
process.stdout.write(line(columns) + line(columns.map(() => '---')));
for (const [at, { name, layers, steps, openings }] of cases.entries()) {
  const shape = `${name}: n ${n}, ${layers} layers, ${steps > 1 ? `${steps} steps, ` : ''}${openings} openings`;
  process.stdout.write(line(row(shape, times.slice(3 * at, 3 * at + 3), revealBytes(proofs[at] ?? []))));
}
