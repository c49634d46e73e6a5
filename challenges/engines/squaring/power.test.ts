import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstBase, modulusBytes } from '../../timelock/chain.js';
import { toBigEndian, toInteger } from '../../timelock/integers.js';
import { knownTrapdoor, squaredPlainly } from '../../timelock/testing/known.js';
import { bigintWay } from './bigint.js';
import { nativeWay } from './native.js';
import { preparePower } from './power.js';
import type { Way } from './way.js';

const { modulus } = knownTrapdoor;
const n = toInteger(modulus);
const base = firstBase(new Uint8Array(32));
const never = () => false;

describe.each<[string, (modulus: Uint8Array) => Way]>([
  ['native', nativeWay],
  ['bigint', bigintWay],
])('the %s way', (name, wayOf) => {
  const way = wayOf(modulus);

  it('gives what squaring after squaring gives', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: n - 1n }),
        fc.integer({ min: 1, max: 200 }),
        (value, squarings) => {
          const bytes = toBigEndian(value, modulusBytes);
          expect(way.square(bytes, squarings)).toEqual(squaredPlainly(modulus, bytes, squarings));
        },
      ),
      { numRuns: 50 },
    );
  });

  it('gives the same for 0, 1, -1, and for what has zeros at its beginning', () => {
    for (const value of [0n, 1n, 2n, n - 1n]) {
      const bytes = toBigEndian(value, modulusBytes);
      for (const squarings of [1, 3])
        expect(way.square(bytes, squarings)).toEqual(squaredPlainly(modulus, bytes, squarings));
    }
  });

  it('gives in a whole chunk what the trapdoor gives', () => {
    expect(way.name).toBe(name);
    expect(way.square(base, way.chunk)).toEqual(knownTrapdoor.power(way.chunk)(base));
  });
});

/** OpenSSL's way, with something else in the place of its squarings from some call on. */
const failingFrom =
  (call: number, square: Way['square']): typeof nativeWay =>
  (of) => {
    const right = nativeWay(of);
    let calls = 0;
    return {
      ...right,
      chunk: 1000,
      square: (value, squarings) => (++calls >= call ? square : right.square)(value, squarings),
    };
  };
const throwing = () => {
  throw new Error('unsupported');
};

describe('preparePower', () => {
  it.each<['native' | 'bigint' | null, number]>([
    ['native', 1],
    ['native', 2 ** 16 - 1],
    ['native', 2 ** 16],
    ['native', 2 ** 16 + 1],
    ['native', 3 * 2 ** 16 + 12_345],
    ['bigint', 2 ** 13 + 1],
    [null, 70_000],
  ])('the way %s does %i squarings, whatever its chunks', (only, squarings) => {
    const power = preparePower(modulus, only);
    expect(power.raise(base, squarings, never)).toEqual(knownTrapdoor.power(squarings)(base));
    expect(power.name).toBe(only ?? 'native');
  });

  it.each<[string, typeof nativeWay]>([
    ['takes no such modulus', throwing],
    ['takes no such exponent', failingFrom(1, throwing)],
    ['gives other numbers', failingFrom(1, (value) => value)],
    [
      'cuts exponents to the length of the modulus',
      failingFrom(1, (value, t) => nativeWay(modulus).square(value, Math.min(t, 2047))),
    ],
  ])('squares with BigInt where OpenSSL %s', (_, native) => {
    const power = preparePower(modulus, null, native);
    expect(power.name).toBe('bigint');
    expect(power.raise(base, 3000, never)).toEqual(knownTrapdoor.power(3000)(base));
    expect(() => preparePower(modulus, 'native', native).raise(base, 3000, never)).toThrow();
  });

  it('goes on with BigInt from where it was when OpenSSL fails in between', () => {
    const native = failingFrom(4, throwing);
    const power = preparePower(modulus, null, native);
    expect(power.name).toBe('native');
    expect(power.raise(base, 4321, never)).toEqual(knownTrapdoor.power(4321)(base));
    expect(power.name).toBe('bigint');
    expect(() => preparePower(modulus, 'native', native).raise(base, 4321, never)).toThrow('unsupported');
  });

  it('squares modulo what OpenSSL has no use for: an even number, a prime', () => {
    for (const other of [n - 1n, 2n ** 2048n - 1942289n]) {
      const bytes = toBigEndian(other, modulusBytes);
      expect(preparePower(bytes, null).raise(base, 50, never)).toEqual(squaredPlainly(bytes, base, 50));
    }
  });

  it('stops between two chunks', () => {
    let asked = 0;
    expect(preparePower(modulus, 'native').raise(base, 2 ** 40, () => ++asked > 3)).toBeNull();
    expect(asked).toBe(4);
  });
});
