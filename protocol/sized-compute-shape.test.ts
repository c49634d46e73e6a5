import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { expect, it } from 'vitest';
import { ComputeShape, computeOperations } from './shapes.js';
import { sizedComputeShape } from './sized-compute-shape.js';

const schema = Compile(ComputeShape);

it('is within the limits of the protocol for any rate, and near its time where a card can be that fast', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 1e7, noNaN: true }), (gflops) => {
      const shape = sizedComputeShape(gflops, 2);
      expect(schema.Check(shape)).toBe(true);
      const seconds = computeOperations(shape) / (gflops * 1e9);
      // Never shorter than asked for; longer by rounding to whole blocks.
      if (gflops > 0.1 && gflops < 1e5) {
        expect(seconds).toBeGreaterThanOrEqual(1.99999);
        expect(seconds).toBeLessThan(2.5001);
      }
    }),
  );
});
