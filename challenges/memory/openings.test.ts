import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawWalkers } from './openings.js';

describe('drawWalkers', () => {
  it('draws different walkers of the shape, as many as asked or all there are', () => {
    const shapes = fc.record({
      walkers: fc.integer({ min: 1, max: 40 }),
      rounds: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(shapes, fc.nat(64), fc.infiniteStream(fc.nat()), (shape, count, numbers) => {
        const openings = drawWalkers(shape, count, (below) => (numbers.next().value as number) % below);
        expect(openings.length).toBe(Math.min(count, shape.walkers * shape.rounds));
        expect(new Set(openings.map(({ round, walker }) => `${round} ${walker}`)).size).toBe(openings.length);
        for (const { round, walker } of openings) {
          expect(round).toBeLessThan(shape.rounds);
          expect(walker).toBeLessThan(shape.walkers);
        }
      }),
    );
  });

  it('can draw the last walker of the last round, and the first of the first', () => {
    expect(drawWalkers({ walkers: 300, rounds: 3 }, 1, (below) => below - 1)).toEqual([
      { round: 2, walker: 299 },
    ]);
    expect(drawWalkers({ walkers: 300, rounds: 3 }, 1, () => 0)).toEqual([{ round: 0, walker: 0 }]);
  });
});
