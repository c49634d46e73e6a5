import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOf } from '../../protocol/transcript.js';
import { firstBase, firstLinkTag, keyOf, linkWalkSeed, modulusBytes, nextBase } from './chain.js';

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('a chain', () => {
  it('has bases that are below every modulus of 2,048 bits', () => {
    fc.assert(
      fc.property(bytes32, fc.array(bytes32, { maxLength: 4 }), (seed, tags) => {
        for (const base of [firstBase(seed), nextBase(seed, tags)]) {
          expect(base).toHaveLength(modulusBytes);
          expect(base[0]).toBeLessThan(0x80);
        }
      }),
    );
  });

  it('has other bases, keys, walks and tags for other inputs', () => {
    const [a, b] = [new Uint8Array(32), new Uint8Array(32).fill(1)];
    const derived = [
      ...[
        firstBase(a),
        firstBase(b),
        nextBase(a, []),
        nextBase(a, [a]),
        nextBase(a, [b]),
        nextBase(a, [a, b]),
      ],
      ...[nextBase(a, [b, a]), nextBase(b, [a]), keyOf(firstBase(a)), keyOf(firstBase(b))],
      ...[linkWalkSeed(a, 0), linkWalkSeed(a, 1), linkWalkSeed(b, 0)],
      ...[firstLinkTag(a, 0), firstLinkTag(a, 1), firstLinkTag(b, 0)],
    ].map((bytes) => Buffer.from(bytes).toString('hex'));
    expect(new Set(derived).size).toBe(derived.length);
  });

  it('keys a link by the hash of its solution with the name of the exam before it', () => {
    const solution = firstBase(new Uint8Array(32));
    expect(keyOf(solution)).toEqual(hashOf(Buffer.concat([Buffer.from('timelock'), solution])));
  });
});
