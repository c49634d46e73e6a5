import { sameBytes } from '../../../protocol/bytes.js';
import { firstBase } from '../../timelock/chain.js';
import { bigintWay } from './bigint.js';
import { nativeWay } from './native.js';
import type { Way } from './way.js';

/** More than the modulus has bits: an OpenSSL that cuts exponents to its length, or masks them, is found out. */
const comparedSquarings = 2_500;

/** Any number of squarings modulo one number, in the thread that calls it. */
export interface Power {
  /** The way that it goes now. */
  readonly name: Way['name'];
  /**
   * `base^(2^squarings) mod modulus`, 256 bytes; null where `stopped` said so between two chunks.
   * @throws Error where there is no other way to go on
   */
  raise(base: Uint8Array, squarings: number, stopped: () => boolean): Uint8Array | null;
}

/**
 * OpenSSL's squarings where they are right here, else BigInt's. Where the native way fails later on, the work goes on from
 * where it was by the other one.
 *
 * @param modulus 256 bytes, its highest bit set
 * @param only this way and no other; null: the best that works
 * @param native another native way, for tests of one that fails
 * @throws Error where only the native way is wanted, and it is not right here
 */
export function preparePower(modulus: Uint8Array, only: Way['name'] | null, native = nativeWay): Power {
  const plain = bigintWay(modulus);
  let way = plain;
  if (only !== 'bigint') {
    try {
      way = checkedAgainst(plain, native(modulus), modulus);
    } catch (cause) {
      if (only !== null) throw cause;
    }
  }
  return {
    get name() {
      return way.name;
    },
    raise(base, squarings, stopped) {
      let value = base;
      let left = squarings;
      while (left > 0) {
        if (stopped()) return null;
        // The odd piece comes first, so that the exponent changes once.
        const count = left % way.chunk || way.chunk;
        try {
          value = way.square(value, count);
          left -= count;
        } catch (cause) {
          if (only !== null || way === plain) throw cause;
          way = plain;
        }
      }
      return value;
    },
  };
}

/** The native way. @throws Error where it does not give what the plain one gives */
function checkedAgainst(plain: Way, native: Way, modulus: Uint8Array): Way {
  // Any base will do; this one is below every modulus whose highest bit is set.
  const base = firstBase(modulus);
  const [is, must] = [native, plain].map((way) => way.square(base, comparedSquarings));
  if (is && must && sameBytes(is, must)) return native;
  throw new Error('the numbers of OpenSSL are not those of BigInt');
}
