// How fast the time-lock is on both sides, in one run: `npm run bench:timelock`. A device squares with OpenSSL in a thread of
// its own, held against the bare primitive in this thread; the goal is at least 0.9 of it. The verifier takes its trapdoor;
// the goal is at most 1 ms a link.
import { createDiffieHellman, randomBytes } from 'node:crypto';
import { createSquarer } from '../challenges/engines/squaring/squarer.js';
import { firstBase } from '../challenges/timelock/chain.js';
import { replayChain } from '../challenges/timelock/replay.js';
import { Trapdoor } from '../challenges/timelock/trapdoor.js';
import { cpuTimed, inTurns } from './stopwatch.js';

const turns = 9;
/** Squarings of one turn: about a second, as a trial has; not a multiple of any chunk. */
const squarings = 1_200_000;
/** BigInt is many times as slow. */
const bigintSquarings = squarings / 8;
/** What the bare key does at a time. */
const exponentBits = 2 ** 16;
/** Squarings of a link of a minute, and links of six hours. */
const linkSquarings = 60 * squarings;
const links = 360;

const trapdoor = Trapdoor.generate();
const { modulus } = trapdoor;
const base = firstBase(randomBytes(32));
const { signal } = new AbortController();

const native = createSquarer({ only: 'native' });
const bigint = createSquarer({ only: 'bigint' });

const keys = createDiffieHellman(modulus, 2);
const exponent = new Uint8Array(exponentBits / 8 + 1);
exponent[0] = 1;
keys.setPrivateKey(exponent);
const bareChunks = Math.round(squarings / exponentBits);
async function bare(): Promise<void> {
  let value: Uint8Array = base;
  for (let i = 0; i < bareChunks; i++) value = keys.computeSecret(value);
}

const solve = trapdoor.power(linkSquarings);
const solves = 100;
async function solving(): Promise<void> {
  let value = base;
  for (let i = 0; i < solves; i++) value = solve(value);
}

const replaying = (count: number) => {
  const seed = randomBytes(32);
  const cards = Array.from({ length: count }, (_, card) => card);
  const roots = new Map(cards.map((card) => [card, Array.from({ length: links }, () => randomBytes(32))]));
  return async () => replayChain(solve, { seed, cards, links }, roots);
};

const works = [
  () => native.square(modulus, base, squarings, signal),
  bare,
  () => bigint.square(modulus, base, bigintSquarings, signal),
  solving,
  replaying(1),
  replaying(8),
];
// The first turn of each starts its thread, and is not counted.
for (const work of works) await work();
const times = await inTurns(turns, works, cpuTimed);
await native.close();
await bigint.close();

const [nativeMs = 0, bareMs = 0, bigintMs = 0, solvingMs = 0, ofOne = 0, ofEight = 0] = times;
const bareRate = (bareChunks * exponentBits) / bareMs;
const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
const table = (rows: readonly (readonly string[])[]) => {
  const [head = [], ...rest] = rows;
  return [head, head.map(() => '---'), ...rest].map(line).join('');
};
const squaringRow = (name: string, perMs: number) => [
  name,
  (perMs / 1000).toFixed(3),
  (perMs / bareRate).toFixed(2),
];
process.stdout.write(
  table([
    ['squarings of 2,048 bits', 'million a second', 'of the bare primitive'],
    squaringRow('native, in its thread', squarings / nativeMs),
    squaringRow(`the bare key of exponent 2^${exponentBits}`, bareRate),
    squaringRow('BigInt, in its thread', bigintSquarings / bigintMs),
  ]),
);
process.stdout.write('\n');
process.stdout.write(
  table([
    [`the verifier, links of ${linkSquarings / 1e6} million squarings`, 'ms', 'ms a link'],
    ['one solution by the trapdoor', (solvingMs / solves).toFixed(2), (solvingMs / solves).toFixed(2)],
    [`replay of ${links} links, 1 card`, ofOne.toFixed(0), (ofOne / links).toFixed(2)],
    [`replay of ${links} links, 8 cards`, ofEight.toFixed(0), (ofEight / links).toFixed(2)],
  ]),
);
