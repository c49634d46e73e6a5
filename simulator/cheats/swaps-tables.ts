import type { CardProver } from '../../agent/exam/prover.js';
import { tableBytes } from '../../protocol/shapes.js';
import type { ChipTenant } from '../chip.js';
import { allOf } from './all-of.js';

/**
 * Identities on one chip that has room for one of their tables. Each builds its own and moves it into the memory of the
 * host; for a walk it is loaded again, unless it is the one that is still there. They take turns.
 *
 * @param slower how many times slower than the chip's own memory the way to the host's is: 20 to 75 over PCIe
 * @returns what makes the prover of one identity, of an honest one with the chip to itself; those of one call take turns
 */
export function swapTables(slower: number): (prover: CardProver, tenant: ChipTenant) => CardProver {
  let chipIsFree: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = chipIsFree.then(work);
    chipIsFree = result.catch(() => {});
    return result;
  };
  let loaded: ChipTenant | null = null;

  return (prover, tenant) => {
    let bytes = 0;
    const move = () => tenant.spend({ bytes: slower * bytes });
    return {
      ...allOf(prover),
      build: (shape, tableSeed, onProgress) =>
        inTurn(async () => {
          bytes = tableBytes(shape);
          const engine = await prover.build(shape, tableSeed, onProgress);
          await move();
          tenant.hold(0);
          loaded = tenant;
          return engine;
        }),
      walk: (walkSeed, onProgress, rounds) =>
        inTurn(async () => {
          tenant.hold(bytes);
          tenant.start();
          try {
            if (loaded !== tenant) await move();
            loaded = tenant;
            return await prover.walk(walkSeed, onProgress, rounds);
          } finally {
            tenant.hold(0);
          }
        }),
    };
  };
}
