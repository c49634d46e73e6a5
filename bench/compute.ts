// What an exam costs the device and what its check costs the verifier, as ratios taken in one run: `npm run bench`.
import { randomBytes, randomInt } from 'node:crypto';
import { drawOpenings } from '../challenges/compute/openings.js';
import { proveCompute } from '../challenges/compute/prover.js';
import { checkComputeReveal } from '../challenges/compute/verifier.js';
import { createEngine } from '../challenges/engines/catalogue.js';
import { createOnnxRecompute } from '../challenges/engines/onnx/recompute.js';
import { type ComputeShape, computeOperations } from '../protocol/shapes.js';
import { bareProduct } from './matmul.js';
import { inTurns } from './stopwatch.js';

const turns = 7;
const openings = 32;
const shapes: ComputeShape[] = [
  { n: 256, layers: 8, pages: 8192, rounds: 2 },
  { n: 512, layers: 16, pages: 4096, rounds: 2 },
  { n: 1024, layers: 32, pages: 2048, rounds: 2 },
];

const engine = createEngine('onnx-cpu');
const { recompute, close } = createOnnxRecompute({ provider: 'cpu', threads: 1 });
const product = await bareProduct(1024);
const rows: Record<string, string>[] = [];

for (const shape of shapes) {
  const prepared = await engine.prepare(shape);
  const seed = randomBytes(32);
  const proof = await proveCompute(prepared, shape, seed);
  const asked = drawOpenings(shape, openings, randomInt);
  const reveal = { shape, seed, roots: proof.roots, openings: asked, reveals: proof.reveal(asked) };
  const prove = () => proveCompute(prepared, shape, seed);
  const check = async () => {
    const { code } = await checkComputeReveal(reveal, recompute);
    if (code !== 'proof.complete') throw new Error(`the check found ${code}`);
  };
  await check();
  const [proving = 0, checking = 0, bare = 0] = await inTurns(turns, [prove, check, product]);
  const gflops = computeOperations(shape) / proving / 1e6;
  const bareGflops = (await product()) / bare / 1e6;
  rows.push({
    shape: `n ${shape.n}, ${shape.layers} layers`,
    'exam GFLOP/s': gflops.toFixed(0),
    'of the bare product': (gflops / bareGflops).toFixed(2),
    'check ms, one thread': checking.toFixed(1),
    'check of a 2 s exam': `${((checking / 2000) * 100).toFixed(2)} %`,
  });
  await prepared.close();
}
await close();
await engine.close();

const columns = Object.keys(rows[0] ?? {});
const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
process.stdout.write(line(columns) + line(columns.map(() => '---')));
for (const row of rows) process.stdout.write(line(columns.map((column) => row[column] ?? '')));
