// What the check of a proof costs the verifier, in processor time, in one run and on one thread: `npm run bench:verify`. Held
// against the bare products of its own recomputation, twice: as plain fp32 products, and as those that the check really runs,
// which are integer products where the processor has them exact. The goal is a ratio of at most 2, and a reveal of at most
// 64 KiB.
import { isExact } from '../challenges/engines/onnx/forms.js';
import { createOnnxRecompute } from '../challenges/engines/onnx/recompute.js';
import type { Proof } from '../verifier/proofs/proof.js';
import { check } from '../verifier/proofs/worker.js';
import { bareChain, type Products } from './chain.js';
import { largestComputeProof, largestMemoryProof } from './largest-proofs.js';
import { cpuTimed, inTurns } from './stopwatch.js';

const turns = 15;
const n = 1024;
const compute = { layers: 16, openings: 32 };
const memory = { layers: 8, steps: 16, openings: 16 };

const options = { provider: 'cpu', threads: 1 } as const;
const integers = { n, start: 'pages', output: 'pages', arithmetic: 'int8-columns' } as const;
const own = (await isExact(options, integers)) ? 'int8' : 'fp32';

const { recompute, close } = createOnnxRecompute(options);
// Several of each, so that nothing of one proof can help with the next. One after the other: the product is one.
const computeProofs: Proof[] = [];
const memoryProofs: Proof[] = [];
for (let i = 0; i < 3; i++) {
  computeProofs.push(await largestComputeProof(n, compute.layers, compute.openings, recompute));
  memoryProofs.push(await largestMemoryProof(n, memory.layers, memory.steps, memory.openings, recompute));
}
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
async function bare(
  kind: Products,
  { layers, openings }: { layers: number; openings: number },
  steps: number,
) {
  const chain = await bareChain(kind, n, layers, openings);
  return async () => {
    for (let step = 0; step < steps; step++) await chain();
  };
}

const works = [
  checking(computeProofs),
  await bare('fp32', compute, 1),
  await bare(own, compute, 1),
  checking(memoryProofs),
  await bare('fp32', memory, memory.steps),
  await bare(own, memory, memory.steps),
];
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
const computeName = `compute: n ${n}, ${compute.layers} layers, ${compute.openings} openings`;
const memoryName = `memory: n ${n}, ${memory.layers} layers, ${memory.steps} steps, ${memory.openings} openings`;
process.stdout.write(line(columns) + line(columns.map(() => '---')));
process.stdout.write(line(row(computeName, times.slice(0, 3), revealBytes(computeProofs))));
process.stdout.write(line(row(memoryName, times.slice(3), revealBytes(memoryProofs))));
