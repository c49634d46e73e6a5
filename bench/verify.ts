// What the check of a proof costs the verifier, against the bare products of its own recomputation, in processor time, in one
// run and on one thread: `npm run bench:verify`. The goal is a ratio of at most 2, and a reveal of at most 64 KiB.
import { createOnnxRecompute } from '../challenges/engines/onnx/recompute.js';
import type { Proof } from '../verifier/proofs/proof.js';
import { check } from '../verifier/proofs/worker.js';
import { bareChain } from './chain.js';
import { largestComputeProof, largestMemoryProof } from './largest-proofs.js';
import { cpuTimed, inTurns } from './stopwatch.js';

const turns = 15;
const n = 1024;
const compute = { layers: 16, openings: 32 };
const memory = { layers: 8, steps: 16, openings: 16 };

const { recompute, close } = createOnnxRecompute({ provider: 'cpu', threads: 1 });
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

const computeChain = await bareChain(n, compute.layers, compute.openings);
const memoryChain = await bareChain(n, memory.layers, memory.openings);
const works = [
  checking(computeProofs),
  computeChain,
  checking(memoryProofs),
  async () => {
    for (let step = 0; step < memory.steps; step++) await memoryChain();
  },
];
for (const work of works) await work();
const [computeCheck = 0, computeBare = 0, memoryCheck = 0, memoryBare = 0] = await inTurns(
  turns,
  works,
  cpuTimed,
);

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

const row = (name: string, checked: number, bare: number, bytes: number) =>
  `| ${[name, checked.toFixed(1), bare.toFixed(1), (checked / bare).toFixed(2), (1000 / checked).toFixed(0), bytes].join(' | ')} |\n`;
process.stdout.write(
  '| proof | check ms | bare products ms | ratio | proofs/s per core | reveal bytes |\n| --- | --- | --- | --- | --- | --- |\n',
);
const computeName = `compute: n ${n}, ${compute.layers} layers, ${compute.openings} openings`;
process.stdout.write(row(computeName, computeCheck, computeBare, revealBytes(computeProofs)));
const memoryName = `memory: n ${n}, ${memory.layers} layers, ${memory.steps} steps, ${memory.openings} openings`;
process.stdout.write(row(memoryName, memoryCheck, memoryBare, revealBytes(memoryProofs)));
