import { parentPort } from 'node:worker_threads';
import { toHex } from '../../../protocol/bytes.js';
import { type Power, preparePower } from './power.js';
import type { Way } from './way.js';

/** One piece of work; pieces are answered in their order. */
export interface SquaringWork {
  readonly modulus: Uint8Array;
  readonly base: Uint8Array;
  readonly squarings: number;
  readonly only: Way['name'] | null;
  /** One int32 in memory that both threads see: anything but 0 stops this piece. */
  readonly stop: Int32Array;
}

/** What came of it: the way it went and 256 bytes, or null where it was stopped; or why it failed, to follow a colon. */
export type SquaringAnswer =
  | { readonly name: Way['name']; readonly solution: Uint8Array | null }
  | { readonly failure: string };

/** Of the last modulus: a verifier has one. */
let prepared: { readonly of: string; readonly power: Power } | null = null;

function answer({ modulus, base, squarings, only, stop }: SquaringWork): SquaringAnswer {
  const of = `${only} ${toHex(modulus)}`;
  if (prepared?.of !== of) prepared = { of, power: preparePower(modulus, only) };
  const { power } = prepared;
  const solution = power.raise(base, squarings, () => Atomics.load(stop, 0) !== 0);
  return { name: power.name, solution };
}

parentPort?.on('message', (work: SquaringWork) => {
  let reply: SquaringAnswer;
  try {
    reply = answer(work);
  } catch (error) {
    reply = { failure: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(reply);
});
