import type { TableEngine } from '../../challenges/engines/table.js';
import type { RandomBytes } from '../../protocol/clock.js';

/**
 * Has part of the pages and loses no time over the others: a walker that comes to a missing page ends in a guess.
 * Of walkers with `steps` steps only `fraction^steps` never meet one.
 *
 * @param engine on a chip, with whatever keeping costs least
 * @param fraction part of the pages that it has, 0 to 1
 */
export function guessesMissing(engine: TableEngine, fraction: number, random: RandomBytes): TableEngine {
  return {
    name: engine.name,
    async prepare(shape) {
      const prepared = await engine.prepare(shape);
      const lucky = fraction ** shape.steps * 2 ** 32;
      return {
        ...prepared,
        async walk(keys, first, count) {
          const results = await prepared.walk(keys, first, count);
          const drawn = new Uint32Array(random(8 * count).slice().buffer);
          return results.map((result, i) =>
            (drawn[i] as number) < lucky ? result : (drawn[count + i] as number),
          );
        },
      };
    },
    close: () => engine.close(),
  };
}
