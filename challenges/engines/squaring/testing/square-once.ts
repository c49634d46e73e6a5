import { firstBase, modulusBytes } from '../../../timelock/chain.js';
import { createSquarer } from '../squarer.js';

// Squares and ends, without a word to the squarer that it is over.
const modulus = new Uint8Array(modulusBytes).fill(0xff);
const base = firstBase(new Uint8Array(32));
const solution = await createSquarer().square(modulus, base, 2, new AbortController().signal);
process.stdout.write(String(solution.length));
