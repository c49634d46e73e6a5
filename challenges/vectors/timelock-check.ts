import nacl from 'tweetnacl';
import { fromHex, toHex } from '../../protocol/bytes.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { Squarer } from '../engines/squarer.js';
import { keyOf, modulusBytes } from '../timelock/chain.js';
import { Trapdoor } from '../timelock/trapdoor.js';
import type { TimelockCase } from './files.js';

/** Each key opens one box: it needs no nonce. */
const nonce = new Uint8Array(nacl.secretbox.nonceLength);
const noBase = '00'.repeat(modulusBytes);

/** Null when a squarer gives all of a case's solutions; else the first that differs, or why it stopped. */
export async function squarerDifference(squarer: Squarer, answer: TimelockCase): Promise<string | null> {
  const modulus = fromHex(answer.modulus);
  const { signal } = new AbortController();
  try {
    for (const [at, { base, solution }] of answer.links.entries()) {
      const got = await squarer.square(modulus, fromHex(base), answer.squarings, signal);
      if (toHex(got) !== solution) return wrongSolution(at, got, solution);
    }
    return null;
  } catch (error) {
    if (error instanceof TouchstoneError) return error.message;
    throw error;
  }
}

/** The same of the verifier, which knows the factors. */
export function trapdoorDifference(answer: TimelockCase): string | null {
  try {
    const trapdoor = Trapdoor.from({ p: fromHex(answer.p), q: fromHex(answer.q) });
    const modulus = toHex(trapdoor.modulus);
    if (modulus !== answer.modulus) return `the modulus of p and q is ${modulus}, must be ${answer.modulus}`;
    const solve = trapdoor.power(answer.squarings);
    for (const [at, { base, solution }] of answer.links.entries()) {
      const got = solve(fromHex(base));
      if (toHex(got) !== solution) return wrongSolution(at, got, solution);
    }
    return null;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}

/** Null when the first base begins the first link, and each solution's key opens its box to what comes next. */
export function linksDifference({ firstBase, links }: TimelockCase): string | null {
  if (links[0]?.base !== firstBase) return `the base of link 0 is not the first base, ${firstBase}`;
  for (const [at, { box, solution, walkSeed }] of links.entries()) {
    const opened = nacl.secretbox.open(fromHex(box), nonce, keyOf(fromHex(solution)));
    if (opened === null) return `the box of link ${at} does not open`;
    const seed = toHex(opened.subarray(0, 32));
    if (seed !== walkSeed) return `the walk seed of link ${at} is ${seed}, must be ${walkSeed}`;
    const next = toHex(opened.subarray(32));
    const must = links[at + 1]?.base ?? noBase;
    if (next !== must) return `the base after link ${at} is ${next}, must be ${must}`;
  }
  return null;
}

const wrongSolution = (link: number, got: Uint8Array, must: string): string =>
  `the solution of link ${link} is ${toHex(got)}, must be ${must}`;
