import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawOpenings } from './openings.js';

const shapes = fc.record({ pages: fc.integer({ min: 1, max: 40 }), rounds: fc.integer({ min: 1, max: 5 }) });

describe('drawOpenings', () => {
  it('draws different pages of the shape, as many as asked or all there are', () => {
    fc.assert(
      fc.property(shapes, fc.nat(64), fc.infiniteStream(fc.nat()), (shape, count, numbers) => {
        const randomInt = (below: number) => (numbers.next().value as number) % below;
        const openings = drawOpenings(shape, count, randomInt);
        expect(openings.length).toBe(Math.min(count, shape.pages * shape.rounds));
        expect(new Set(openings.map(({ round, page }) => `${round} ${page}`)).size).toBe(openings.length);
        for (const { round, page } of openings) {
          expect(round).toBeGreaterThanOrEqual(0);
          expect(round).toBeLessThan(shape.rounds);
          expect(page).toBeGreaterThanOrEqual(0);
          expect(page).toBeLessThan(shape.pages);
        }
      }),
    );
  });

  it('draws every set of pages equally often', () => {
    // All sequences that the source of randomness can give, once each: 2 of 4 pages from 3 · 4 draws.
    const seen = new Map<string, number>();
    for (let first = 0; first < 3; first++) {
      for (let second = 0; second < 4; second++) {
        const draws = [first, second];
        const bounds: number[] = [];
        const openings = drawOpenings({ pages: 2, rounds: 2 }, 2, (below) => {
          bounds.push(below);
          return draws.shift() as number;
        });
        expect(bounds).toEqual([3, 4]);
        const key = openings
          .map(({ round, page }) => round * 2 + page)
          .sort()
          .join();
        seen.set(key, (seen.get(key) ?? 0) + 1);
      }
    }
    expect([...seen.values()]).toEqual([2, 2, 2, 2, 2, 2]);
  });
});
