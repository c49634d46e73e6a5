import { constants, createDiffieHellman, type DiffieHellman, generatePrimeSync } from 'node:crypto';
import { sameBytes } from '../../protocol/bytes.js';
import { limits } from '../../protocol/limits.js';
import { modulusBytes } from './chain.js';
import { powerModulo, toBigEndian, toInteger } from './integers.js';

/** Bytes of each of the two primes. */
const primeBytes = modulusBytes / 2;

/** The two primes of a modulus, 128 bytes each, big-endian: a secret of the verifier. */
export interface Factors {
  readonly p: Uint8Array;
  readonly q: Uint8Array;
}

/**
 * What lets the verifier do any number of squarings at once (docs/protocol.md section 4): it knows the factors of the
 * modulus, so it takes the exponent `2^squarings` modulo `p - 1` and `q - 1` first.
 */
export class Trapdoor {
  readonly #p: Prime;
  readonly #q: Prime;
  readonly #n: bigint;
  /** `q^-1 mod p`. */
  readonly #inverse: bigint;

  private constructor({ p, q }: Factors) {
    if (sameBytes(p, q)) throw new RangeError('the two primes are one');
    this.#p = new Prime(p);
    this.#q = new Prime(q);
    this.#n = this.#p.value * this.#q.value;
    if (this.#n >> BigInt(8 * modulusBytes - 1) !== 1n)
      throw new RangeError(`the product of the primes has not ${8 * modulusBytes} bits`);
    // Fermat: what is raised to p - 2 is the inverse modulo p.
    this.#inverse = powerModulo(this.#q.value, this.#p.value - 2n, this.#p.value);
  }

  /**
   * A new modulus. Takes some tenths of a second. The one place in pure code that draws its randomness itself: no caller
   * has a reason to choose a secret key, or to get the same one twice.
   */
  static generate(): Trapdoor {
    // OpenSSL sets the two highest bits of a prime, so the product of two has all its 2,048.
    const prime = () => new Uint8Array(generatePrimeSync(8 * primeBytes));
    return new Trapdoor({ p: prime(), q: prime() });
  }

  /** One that was kept. @throws RangeError where these are not two primes of 128 bytes whose product has 2,048 bits */
  static from(factors: Factors): Trapdoor {
    return new Trapdoor(factors);
  }

  get factors(): Factors {
    return { p: this.#p.bytes(), q: this.#q.bytes() };
  }

  /** 256 bytes big-endian, its highest bit set: what everybody may know. */
  get modulus(): Uint8Array {
    return toBigEndian(this.#n, modulusBytes);
  }

  /**
   * `base → base^(2^squarings) mod N`, prepared for one number of squarings. Each call costs two exponentiations of half the
   * length, whatever the number is.
   *
   * @param squarings 1 to `limits.squarings`
   * @returns takes 256 bytes big-endian below the modulus, and gives 256 bytes; throws RangeError for others
   * @throws RangeError
   */
  power(squarings: number): (base: Uint8Array) => Uint8Array {
    if (!Number.isSafeInteger(squarings) || squarings < 1 || squarings > limits.squarings)
      throw new RangeError(`${squarings} squarings`);
    const ofP = this.#p.exponent(squarings);
    const ofQ = this.#q.exponent(squarings);
    return (base) => {
      const value = toInteger(base);
      if (base.length !== modulusBytes || value >= this.#n)
        throw new RangeError('a base is 256 bytes below the modulus');
      const p = this.#p.raise(value, ofP);
      const q = this.#q.raise(value, ofQ);
      // The one number below p · q with these two remainders.
      const difference = ((p - q) * this.#inverse) % this.#p.value;
      const above = difference < 0n ? difference + this.#p.value : difference;
      return toBigEndian(q + this.#q.value * above, modulusBytes);
    };
  }
}

/** Fast powers modulo one prime: OpenSSL's, by way of a Diffie–Hellman key whose private exponent is ours. */
class Prime {
  readonly value: bigint;
  /** Kept: to make one tests the prime, which costs more than many powers. */
  readonly #keys: DiffieHellman;
  /** The exponent that the key holds now. */
  #held: Uint8Array | null = null;

  constructor(bytes: Uint8Array) {
    if (bytes.length !== primeBytes) throw new RangeError(`a prime has ${primeBytes} bytes`);
    this.value = toInteger(bytes);
    this.#keys = createDiffieHellman(bytes, 2);
    // Powers modulo something else would be wrong without a word, and every honest device would pay for it.
    if (this.#keys.verifyError & constants.DH_CHECK_P_NOT_PRIME)
      throw new RangeError('a factor of the modulus is not a prime');
  }

  bytes(): Uint8Array {
    return toBigEndian(this.value, primeBytes);
  }

  /** `2^squarings mod (p - 1)`, to be given to `raise`. */
  exponent(squarings: number): Uint8Array {
    return toBigEndian(powerModulo(2n, BigInt(squarings), this.value - 1n), primeBytes);
  }

  /** `base^exponent mod p`. @param exponent of this prime's `exponent`: even */
  raise(base: bigint, exponent: Uint8Array): bigint {
    const value = base % this.value;
    // What OpenSSL refuses as another one's public key. An even power of -1 is 1.
    if (value === 0n) return 0n;
    if (value === 1n || value === this.value - 1n) return 1n;
    if (this.#held !== exponent) {
      this.#keys.setPrivateKey(exponent);
      this.#held = exponent;
    }
    return toInteger(this.#keys.computeSecret(toBigEndian(value, primeBytes)));
  }
}
