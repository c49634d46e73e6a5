import type { ComputeEngine } from '../../challenges/engines/engine.js';
import type { RandomBytes } from '../../protocol/clock.js';

/**
 * Computes only the first part of every batch and fills the rest with junk, so that a chip of that part of the
 * claimed speed seems fast enough. A page opened at random gives it away with the probability of the missing part.
 *
 * @param fraction part that is computed, 0 to 1
 */
export function computesFraction(
  engine: ComputeEngine,
  fraction: number,
  random: RandomBytes,
): ComputeEngine {
  return {
    name: engine.name,
    async prepare(shape) {
      const prepared = await engine.prepare(shape);
      return {
        batchPages: prepared.batchPages,
        load: (network) => prepared.load(network),
        async digests(start, first, count) {
          const computed = Math.floor(count * fraction);
          const junk = new Int32Array(Uint8Array.from(random(16 * count)).buffer);
          if (computed > 0) junk.set(await prepared.digests(start, first, computed));
          return junk;
        },
        close: () => prepared.close(),
      };
    },
    close: () => engine.close(),
  };
}
