import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../protocol/bytes.js';
import { isPreimage, PreimageChain } from './chain.js';

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());

describe('a chain of preimages', () => {
  it('is SHA-256 from the secret to the head, one value a step', () => {
    fc.assert(
      fc.property(bytes32, fc.integer({ min: 1, max: 60 }), (first, length) => {
        const chain = new PreimageChain(first, length);
        let expected = first;
        for (let index = length; index >= 1; index--) {
          expect(toHex(chain.preimage(index))).toBe(toHex(expected));
          expected = sha256(expected);
        }
        expect(toHex(chain.head)).toBe(toHex(expected));
      }),
    );
  });

  it('has each preimage at its own place and no other', () => {
    fc.assert(
      fc.property(
        bytes32,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        (first, index, claimed) => {
          const chain = new PreimageChain(first, 40);
          expect(isPreimage(chain.preimage(index), claimed, chain.head)).toBe(index === claimed);
        },
      ),
    );
  });

  it('has no preimage before the first and after the last', () => {
    const chain = new PreimageChain(new Uint8Array(32), 9);
    for (const index of [0, 10, 1.5, Number.NaN, -1]) expect(() => chain.preimage(index)).toThrow(RangeError);
    expect(() => new PreimageChain(new Uint8Array(32), 0)).toThrow(RangeError);
  });
});
