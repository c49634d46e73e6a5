import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { powerModulo, toBigEndian, toInteger } from './integers.js';

const modest = fc.bigInt({ min: 0n, max: 2n ** 64n });

describe('integers', () => {
  it('come back from their bytes, whatever zeros they begin with', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), (bytes) => {
        expect(toBigEndian(toInteger(bytes), bytes.length)).toEqual(bytes);
      }),
    );
  });

  it('are read from a view into a longer buffer', () => {
    expect(toInteger(Uint8Array.of(9, 1, 2, 9).subarray(1, 3))).toBe(0x0102n);
  });

  it('refuse to be cut to fewer bytes than they have', () => {
    expect(toBigEndian(0xffffn, 2)).toEqual(Uint8Array.of(255, 255));
    expect(() => toBigEndian(0x10000n, 2)).toThrow(RangeError);
    expect(() => toBigEndian(-1n, 2)).toThrow(RangeError);
  });

  it('are raised as multiplication after multiplication does it', () => {
    fc.assert(
      fc.property(modest, fc.nat(40), fc.bigInt({ min: 1n, max: 2n ** 64n }), (base, exponent, modulus) => {
        let product = 1n;
        for (let i = 0; i < exponent; i++) product *= base;
        expect(powerModulo(base, BigInt(exponent), modulus)).toBe(product % modulus);
      }),
    );
  });
});
