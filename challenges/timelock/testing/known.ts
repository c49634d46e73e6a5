import { readFileSync } from 'node:fs';
import { fromHex } from '../../../protocol/bytes.js';
import { toBigEndian, toInteger } from '../integers.js';
import { Trapdoor } from '../trapdoor.js';

const answers = new URL('../../vectors/answers/timelock.json', import.meta.url);
const [known] = JSON.parse(readFileSync(answers, 'utf8')) as { p: string; q: string }[];
if (known === undefined) throw new Error('no case of a time-lock');

/** The primes of the answer file: to draw new ones takes some tenths of a second. */
export const knownFactors = { p: fromHex(known.p), q: fromHex(known.q) };

export const knownTrapdoor = Trapdoor.from(knownFactors);

/** `base^(2^squarings) mod modulus` in the plainest way that there is. */
export function squaredPlainly(modulus: Uint8Array, base: Uint8Array, squarings: number): Uint8Array {
  const n = toInteger(modulus);
  let value = toInteger(base);
  for (let i = 0; i < squarings; i++) value = (value * value) % n;
  return toBigEndian(value, modulus.length);
}
