// What the check of a probe costs the verifier, in processor time of one thread, as it is issued to real cards:
// `npm run bench:probes`. Held against the bare products of its own recomputation in the same run, in fp32 and in the numbers that
// the check itself uses. Then, by the catalogue's figures and not measured, what an hour of probes costs the cards.
import { isExact } from '../challenges/engines/onnx/forms.js';
import { createOnnxRecompute } from '../challenges/engines/onnx/recompute.js';
import { type MemoryShape, walkedBytes } from '../protocol/shapes.js';
import { ballastShapeFor } from '../scoring/catalogue/ballast-shape.js';
import { type CardClass, classById } from '../scoring/catalogue/catalogue.js';
import { memoryShapeFor, usualShareOfBandwidth } from '../scoring/catalogue/memory-shape.js';
import { probeRounds } from '../scoring/catalogue/probe-rounds.js';
import { loadCatalogue } from '../scoring/catalogue/read-catalogue.js';
import { defaultOptions } from '../verifier/options.js';
import type { Proof } from '../verifier/proofs/proof.js';
import { check } from '../verifier/proofs/worker.js';
import { bareChain, type Products } from './chain.js';
import { largestMemoryProof } from './largest-proofs.js';
import { percent, print } from './markdown.js';
import { cpuTimed, inTurns } from './stopwatch.js';

const turns = 9;
const n = 1024;
const { probeMeanMs, leaseProbeMeanMs, ballastBytes, probeOpenings } = defaultOptions;
/** Over a usual line. */
const ballast = { bytes: ballastBytes, roundTripMs: 50 };

interface Case {
  readonly name: string;
  readonly shape: MemoryShape;
  readonly openings: number;
}

const classes = ['rtx-4090', 'h200-sxm-141gb'].map(named);
const cases: readonly Case[] = classes.flatMap((one) => [
  issued(`whole table of ${one.id}`, wholeProbe(one)),
  issued(`ballast of ${one.id}`, ballastProbe(one)),
]);

function named(id: string): CardClass {
  const found = classById(loadCatalogue(), id);
  if (found === null) throw new Error(`the catalogue has no class ${id}`);
  return found;
}

function claimOf({ memoryBytes }: CardClass) {
  return { memoryBytes, memoryEngine: 'webgpu' };
}

function wholeProbe(one: CardClass): MemoryShape {
  const shape = memoryShapeFor(one, claimOf(one));
  if (shape === null) throw new Error('a claim with an engine has a shape');
  return { ...shape, rounds: probeRounds(one, shape, null) };
}

function ballastProbe(one: CardClass): MemoryShape {
  const shape = ballastShapeFor(one, claimOf(one), ballast);
  return { ...shape, rounds: probeRounds(one, shape, null) };
}

function issued(name: string, shape: MemoryShape): Case {
  if (shape.n !== n) throw new Error(`${name} has no pages of ${n}`);
  return { name, shape, openings: probeOpenings };
}

const options = { provider: 'cpu', threads: 1 } as const;
const integers = { n, start: 'pages', output: 'pages', arithmetic: 'int8-columns' } as const;
const own = (await isExact(options, integers)) ? 'int8' : 'fp32';

const { recompute, close } = createOnnxRecompute(options);
const proofs: Proof[][] = [];
for (const { shape, openings } of cases) {
  const one = () => largestMemoryProof(n, shape.layers, shape.steps, openings, recompute);
  // Two of each, so that nothing of one helps with the next.
  proofs.push([await one(), await one()]);
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

/** The bare products of a check: those of one chain, again for each step. */
async function bare(kind: Products, { shape, openings }: Case) {
  const chain = await bareChain(kind, n, shape.layers, openings);
  return async () => {
    for (let step = 0; step < shape.steps; step++) await chain();
  };
}

const works: (() => Promise<unknown>)[] = [];
for (const [at, one] of cases.entries())
  works.push(checking(proofs[at] ?? []), await bare('fp32', one), await bare(own, one));
for (const work of works) await work();
const times = await inTurns(turns, works, cpuTimed);

print(
  cases.map(({ name, shape, openings }, at) => {
    const [check = 0, plain = 0, integers = 0] = times.slice(3 * at, 3 * at + 3);
    return {
      probe: `${name}: ${shape.layers} layers, ${shape.steps} step${shape.steps > 1 ? 's' : ''}, ${openings} openings`,
      '10^9 operations': ((openings * 2 * n * n * shape.layers * shape.steps) / 1e9).toFixed(0),
      'check ms': check.toFixed(0),
      'of fp32 products': (check / plain).toFixed(2),
      [`of its own (${own})`]: (check / integers).toFixed(2),
      'cards a core at one in 3 min': (leaseProbeMeanMs / check).toFixed(0),
    };
  }),
);

/** Share of its time that a usual card pays for such probes. */
function share({ memory }: CardClass, shape: MemoryShape, meanMs: number): number {
  if (memory === null) throw new Error('nobody knows how fast the memory is');
  return walkedBytes(shape) / (usualShareOfBandwidth * memory.bandwidthGBps * 1e6) / meanMs;
}

print(
  classes.map((one) => {
    const idle = share(one, wholeProbe(one), probeMeanMs);
    const leased = share(one, ballastProbe(one), leaseProbeMeanMs);
    return {
      class: one.id,
      'idle: s an hour': (idle * 3600).toFixed(2),
      'of the card': percent(idle, 3),
      'leased: s an hour': (leased * 3600).toFixed(3),
      "of the tenant's card": percent(leased, 4),
    };
  }),
);
