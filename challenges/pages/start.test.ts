import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundSeed } from './rounds.js';
import { startOfPage, startsOfPages, startVectors } from './start.js';

const seed = new Uint8Array(32).fill(3);

describe('start vectors', () => {
  it('are the same for one page alone and within its round', () => {
    const pages = 3 * 1024 + 192;
    const start = startVectors(seed, 256, pages);
    expect(start.left.length).toBe(1024 * 256);
    expect(start.right.length).toBe(4 * 256);
    fc.assert(
      fc.property(fc.nat(pages - 1), (page) => {
        expect([...startOfPage(seed, 256, page)]).toEqual([...startsOfPages(start, 256, page, 1)]);
      }),
    );
  });

  it('keep the low 8 bits of a sum', () => {
    const start = { left: new Int8Array(256).fill(127), right: new Int8Array(256).fill(1) };
    expect(startsOfPages(start, 256, 0, 1)[0]).toBe(-128);
  });

  it('of a round smaller than a block are no longer than the round', () => {
    expect(startVectors(seed, 512, 64).left.length).toBe(64 * 512);
  });
});

describe('roundSeed', () => {
  it('depends on seed, round and the root before', () => {
    const root = new Uint8Array(32).fill(9);
    const seeds = [
      roundSeed(seed, 0, null),
      roundSeed(seed, 1, null),
      roundSeed(seed, 1, root),
      roundSeed(root, 0, null),
    ];
    expect(new Set(seeds.map((bytes) => bytes.join())).size).toBe(4);
  });

  it('has zeros in place of the root before the first round', () => {
    expect(roundSeed(seed, 0, null)).toEqual(roundSeed(seed, 0, new Uint8Array(32)));
  });
});
