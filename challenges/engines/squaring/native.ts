import { createDiffieHellman } from 'node:crypto';
import { modulusBytes } from '../../timelock/chain.js';
import { toBigEndian, toInteger } from '../../timelock/integers.js';
import type { Way } from './way.js';

/**
 * Squares with OpenSSL: the secret that a Diffie–Hellman key of private exponent `2^t` shares with the public key `x` is
 * `x^(2^t)`, which it computes by `t` Montgomery squarings in assembly.
 *
 * @param modulus 256 bytes
 * @throws Error where this OpenSSL takes no such modulus; `square` where it takes no such exponent
 */
export function nativeWay(modulus: Uint8Array): Way {
  const n = toInteger(modulus);
  const keys = createDiffieHellman(modulus, 2);
  let held = 0;
  return {
    name: 'native',
    chunk: 2 ** 16,
    square(value, squarings) {
      const x = toInteger(value);
      // What OpenSSL refuses as another one's public key. An even power of -1 is 1.
      if (x <= 1n) return toBigEndian(x, modulusBytes);
      if (x === n - 1n) return toBigEndian(1n, modulusBytes);
      if (squarings !== held) {
        keys.setPrivateKey(powerOfTwo(squarings));
        held = squarings;
      }
      return toBigEndian(toInteger(keys.computeSecret(value)), modulusBytes);
    },
  };
}

/** `2^exponent`, big-endian. */
function powerOfTwo(exponent: number): Uint8Array {
  const bytes = new Uint8Array(Math.floor(exponent / 8) + 1);
  bytes[0] = 1 << (exponent % 8);
  return bytes;
}
