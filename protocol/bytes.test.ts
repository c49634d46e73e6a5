import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, fromBase64, fromHex, sameBytes, toBase64, toHex, u32 } from './bytes.js';

const bytes = fc.uint8Array({ maxLength: 64 });

describe('bytes', () => {
  it('come back from hexadecimal as they were, also from the middle of a larger array', () => {
    fc.assert(
      fc.property(bytes, fc.nat(10), (some, skipped) => {
        const view = concat(new Uint8Array(skipped), some).subarray(skipped);
        expect([...fromHex(toHex(view))]).toEqual([...some]);
      }),
    );
  });

  it.each(['0', '0G', 'AB', ' 00', '00\n', '0x00'])('are not read from %j', (text) => {
    expect(() => fromHex(text)).toThrow(RangeError);
  });

  it('are the same only where length and content are', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(sameBytes(a, b)).toBe(toHex(a) === toHex(b));
      }),
    );
  });

  it('of a u32 are four, little-endian', () => {
    expect([...u32(0x01020304)]).toEqual([4, 3, 2, 1]);
    expect([...u32(2 ** 32 - 1)]).toEqual([255, 255, 255, 255]);
  });

  it('come back from base64 as they were, and from nothing but the one way to write them', () => {
    fc.assert(
      fc.property(bytes, fc.string(), (a, text) => {
        expect(fromBase64(toBase64(a))).toEqual(new Uint8Array(a));
        const read = fromBase64(text);
        if (read !== null) expect(toBase64(read)).toBe(text);
      }),
    );
    for (const other of ['AB==', 'AA', 'AA=', 'AA== ', '-_-_', 'A']) expect(fromBase64(other)).toBeNull();
  });
});
