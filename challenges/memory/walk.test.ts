import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coefficients, walkKeys } from './keys.js';
import { seedOf } from './testing/honest.js';
import { bankOf, firstState, fmix32, nextState, pageIndex } from './walk.js';

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const mask = 0xffff_ffffn;

/** The protocol's formulas once more, in integers that never wrap by themselves. */
function fmix32Exact(value: bigint): bigint {
  let x = value;
  x ^= x >> 16n;
  x = (x * 0x85ebca6bn) & mask;
  x ^= x >> 13n;
  x = (x * 0xc2b2ae35n) & mask;
  return x ^ (x >> 16n);
}

describe('fmix32', () => {
  it('is the finaliser of MurmurHash3', () => {
    expect([0, 1, 0xffff_ffff].map(fmix32)).toEqual([0, 0x514e28b7, 0x81f16f39]);
    fc.assert(
      fc.property(u32, (x) => {
        expect(fmix32(x)).toBe(Number(fmix32Exact(BigInt(x))));
      }),
    );
  });
});

describe('a walker', () => {
  it('stays in the bank that its number and the round choose, and wraps at 2^32', () => {
    const keys = new Uint32Array(8).fill(0xffff_ffff);
    expect([0, 1, 2, 3].map((walker) => bankOf(walker, keys, 3))).toEqual([0xffff_ffff % 3, 0, 1, 2]);
  });

  it('starts from its number and two keys', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 22), fc.array(u32, { minLength: 8, maxLength: 8 }), (walker, words) => {
        const [k0, k1] = words.map(BigInt) as [bigint, bigint];
        const expected = fmix32Exact((BigInt(walker) + k0) & mask) ^ k1;
        expect(firstState(walker, Uint32Array.from(words))).toBe(Number(expected));
      }),
    );
  });

  it('finds a page of the bank in any state', () => {
    fc.assert(
      fc.property(u32, fc.nat(24), (state, exponent) => {
        expect(pageIndex(state, 2 ** exponent)).toBe(state % 2 ** exponent);
      }),
    );
  });

  it('goes on as the protocol says, whatever the page', () => {
    const page = fc.int8Array({ minLength: 256, maxLength: 256 });
    fc.assert(
      fc.property(u32, page, fc.uint32Array({ minLength: 64, maxLength: 64 }), u32, (state, q, c, key) => {
        const rotation = Math.floor(state / 2 ** 24) % 64;
        const words = Buffer.from(q.buffer, q.byteOffset, q.length);
        let hash = 0n;
        for (let i = 0; i < 64; i++)
          hash += BigInt(words.readUInt32LE(i * 4)) * BigInt(c[(i + rotation) % 64] as number);
        const expected = fmix32Exact(BigInt(state) ^ (hash & mask) ^ BigInt(key));
        expect(nextState(state, q, c, key)).toBe(Number(expected));
      }),
    );
  });

  it('comes elsewhere when any one byte of a page differs', () => {
    const c = coefficients(seedOf('bytes'), 256);
    const page = new Int8Array(256).map((_, i) => i * 7);
    const honest = nextState(12345, page, c, 678);
    for (let i = 0; i < page.length; i++) {
      expect(nextState(12345, page.with(i, (page[i] as number) ^ 1), c, 678)).not.toBe(honest);
    }
  });
});

describe('keys', () => {
  it('depend on seed, round and the root before, which is zeros for the first', () => {
    const seed = seedOf('keys');
    const root = seedOf('root');
    expect(walkKeys(seed, 0, null)).toEqual(walkKeys(seed, 0, new Uint8Array(32)));
    const keys = [
      walkKeys(seed, 0, null),
      walkKeys(seed, 1, null),
      walkKeys(seed, 1, root),
      walkKeys(root, 0, null),
    ];
    expect(new Set(keys.map((words) => words.join())).size).toBe(4);
    for (const words of keys) expect(words.length).toBe(8);
  });

  it('of a table are odd, one for each word of a page', () => {
    const words = coefficients(seedOf('table'), 512);
    expect(words.length).toBe(128);
    expect(words.every((word) => word % 2 === 1)).toBe(true);
  });
});
