import type { TableEngine } from '../../challenges/engines/table.js';
import type { RandomBytes } from '../../protocol/clock.js';
import type { WalkerOpening } from '../../protocol/messages/reveals.js';

/** Which walkers of a walk ended in a guess: the prover knows it, and the verifier does not. */
export class Guesses {
  /** By round. A round is known to the engine by its keys only; rounds come one after another. */
  readonly #rounds: { readonly keys: string; readonly walkers: Set<number> }[] = [];

  /** Another walk begins. */
  forget(): void {
    this.#rounds.length = 0;
  }

  /** Begins the round of these keys, unless it is the one that runs. */
  round(keys: Uint32Array): void {
    if (this.#rounds.at(-1)?.keys !== keys.join())
      this.#rounds.push({ keys: keys.join(), walkers: new Set() });
  }

  /** @param walker of the round that runs */
  note(walker: number): void {
    this.#rounds.at(-1)?.walkers.add(walker);
  }

  has({ round, walker }: WalkerOpening): boolean {
    return this.#rounds[round]?.walkers.has(walker) ?? false;
  }
}

/**
 * Has part of the pages and loses no time over the others: a walker that comes to a missing page ends in a guess.
 * Of walkers with `steps` steps only `fraction^steps` never meet one.
 *
 * @param engine on a chip, with whatever keeping costs least
 * @param fraction part of the pages that it has, 0 to 1
 * @param guesses where it writes down which walkers those are
 */
export function guessesMissing(
  engine: TableEngine,
  fraction: number,
  random: RandomBytes,
  guesses = new Guesses(),
): TableEngine {
  return {
    name: engine.name,
    async prepare(shape) {
      const prepared = await engine.prepare(shape);
      const lucky = fraction ** shape.steps * 2 ** 32;
      return {
        ...prepared,
        async walk(keys, first, count) {
          const results = await prepared.walk(keys, first, count);
          const drawn = new Uint32Array(Uint8Array.from(random(8 * count)).buffer);
          guesses.round(keys);
          return results.map((result, i) => {
            if ((drawn[i] as number) < lucky) return result;
            guesses.note(first + i);
            return drawn[count + i] as number;
          });
        },
      };
    },
    close: () => engine.close(),
  };
}
