import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../protocol/limits.js';
import { type IssuedChain, type Mac, readToken, writeToken } from './token.js';

const mac: Mac = (text) => new Uint8Array(createHmac('sha256', 'ours').update(text).digest());
const chain: IssuedChain = {
  device: 'aa'.repeat(32),
  issuedAt: 1_760_000_000_000,
  seed: '5e'.repeat(32),
  squarings: limits.squarings,
  links: limits.links,
  cards: Array.from({ length: limits.cards }, (_, card) => ({ card, tableSeed: 'ta'.repeat(32) })),
};
const token = writeToken(mac, chain);

describe('a token', () => {
  it('brings back what was handed out, and fits for as many cards as there can be', () => {
    expect(readToken(mac, chain.device, token)).toEqual(chain);
    expect(token.length).toBeLessThanOrEqual(limits.chainToken);
    expect(token).toMatch(/^[A-Za-z0-9._-]*$/);
  });

  it('is nobody else’s, and none of another verifier', () => {
    expect(readToken(mac, 'bb'.repeat(32), token)).toBeNull();
    const other: Mac = (text) => new Uint8Array(createHmac('sha256', 'theirs').update(text).digest());
    expect(readToken(other, chain.device, token)).toBeNull();
  });

  it('is none with any character changed, and none as whatever text', () => {
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom('A', 'b', '-', '.', '_'), (at, letter) => {
        fc.pre(token[at] !== letter);
        const changed = token.slice(0, at) + letter + token.slice(at + 1);
        expect(readToken(mac, chain.device, changed)).toBeNull();
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => readToken(mac, chain.device, text) === null));
  });
});
