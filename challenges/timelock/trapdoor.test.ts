import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../protocol/limits.js';
import { firstBase, modulusBytes } from './chain.js';
import { toBigEndian, toInteger } from './integers.js';
import { knownFactors, knownTrapdoor, squaredPlainly } from './testing/known.js';
import { Trapdoor } from './trapdoor.js';

const { modulus } = knownTrapdoor;
const n = toInteger(modulus);
const bytesOf = (value: bigint) => toBigEndian(value, modulusBytes);
const anyBase = fc.bigInt({ min: 0n, max: n - 1n });

describe('Trapdoor', () => {
  it('gives what squaring after squaring gives', () => {
    fc.assert(
      fc.property(anyBase, fc.integer({ min: 1, max: 300 }), (base, squarings) => {
        expect(knownTrapdoor.power(squarings)(bytesOf(base))).toEqual(
          squaredPlainly(modulus, bytesOf(base), squarings),
        );
      }),
      { numRuns: 60 },
    );
  });

  it.each<[string, bigint]>([
    ['0', 0n],
    ['1', 1n],
    ['-1', n - 1n],
    ['a multiple of p', 5n * toInteger(knownFactors.p)],
    ['a multiple of q', 7n * toInteger(knownFactors.q)],
    ['one that is 1 of p alone', 1n + toInteger(knownFactors.p)],
    ['one that is -1 of q alone', toInteger(knownFactors.q) - 1n],
  ])('gives the same for the base %s', (_, base) => {
    for (const squarings of [1, 2, 17])
      expect(knownTrapdoor.power(squarings)(bytesOf(base))).toEqual(
        squaredPlainly(modulus, bytesOf(base), squarings),
      );
  });

  it('takes two numbers of squarings in turns', () => {
    const [few, more] = [knownTrapdoor.power(3), knownTrapdoor.power(1000)];
    const base = firstBase(new Uint8Array(32));
    const expected = [3, 1000].map((squarings) => squaredPlainly(modulus, base, squarings));
    for (let turn = 0; turn < 2; turn++) expect([few(base), more(base)]).toEqual(expected);
  });

  it('goes together as squarings do: so many, then so many more', () => {
    const hours = fc.integer({ min: 1, max: 2 ** 39 });
    fc.assert(
      fc.property(anyBase, hours, hours, (base, first, second) => {
        const once = knownTrapdoor.power(first + second)(bytesOf(base));
        expect(knownTrapdoor.power(second)(knownTrapdoor.power(first)(bytesOf(base)))).toEqual(once);
      }),
      { numRuns: 20 },
    );
  });

  it('refuses bases that are not below the modulus, and numbers of squarings that are none', () => {
    const solve = knownTrapdoor.power(1);
    expect(() => solve(modulus)).toThrow(RangeError);
    expect(() => solve(new Uint8Array(modulusBytes - 1))).toThrow(RangeError);
    expect(() => solve(new Uint8Array(modulusBytes + 1))).toThrow(RangeError);
    for (const squarings of [0, -1, 1.5, Number.NaN, limits.squarings + 1])
      expect(() => knownTrapdoor.power(squarings)).toThrow(RangeError);
  });

  it('draws another modulus of 2,048 bits each time, and is the same again from its factors', () => {
    const [one, other] = [Trapdoor.generate(), Trapdoor.generate()];
    for (const { modulus } of [one, other]) {
      expect(modulus).toHaveLength(modulusBytes);
      expect(modulus[0]).toBeGreaterThanOrEqual(0x80);
    }
    expect(one.modulus).not.toEqual(other.modulus);
    const again = Trapdoor.from(one.factors);
    expect(again.modulus).toEqual(one.modulus);
    const base = firstBase(new Uint8Array(32));
    expect(again.power(100)(base)).toEqual(squaredPlainly(one.modulus, base, 100));
  });

  it.each<[string, { p: Uint8Array; q: Uint8Array }]>([
    ['are one prime twice', { p: knownFactors.p, q: knownFactors.p }],
    ['are no primes', { p: knownFactors.p, q: toBigEndian(toInteger(knownFactors.q) - 2n, 128) }],
    ['are too short', { p: knownFactors.p, q: knownFactors.q.subarray(1) }],
    ['have a product that is too short', { p: knownFactors.p, q: toBigEndian(2n ** 521n - 1n, 128) }],
    ['are nothing', { p: new Uint8Array(128), q: new Uint8Array(0) }],
  ])('refuses factors that %s', (_, factors) => {
    expect(() => Trapdoor.from(factors)).toThrow(RangeError);
  });

  it('shows nothing of its factors where it is printed', () => {
    expect(JSON.stringify(knownTrapdoor)).toBe('{}');
  });
});
