import { setImmediate as nextTurn } from 'node:timers/promises';
import { walkTable } from '../../challenges/engines/cpu/walk.js';
import type { RecomputePages } from '../../challenges/engines/engine.js';
import type { TableEngine, TableShape, TableSource } from '../../challenges/engines/table.js';
import { blockPages, startsOfPages } from '../../challenges/pages/start.js';
import { TouchstoneError } from '../../protocol/error.js';

/**
 * Tables for a fleet: small ones, a dozen of them, on one core, with the cpu engine's own loop and none of its threads. For
 * little-endian machines, as that engine is.
 *
 * @param makePages makes one network's pages at a time
 */
export function createHostTableEngine(makePages: RecomputePages): TableEngine {
  let making: Promise<unknown> = Promise.resolve();
  return {
    name: 'cpu',
    async prepare(shape) {
      const { n, bankPages } = shape;
      const pages = new Int8Array(shape.banks * bankPages * n);
      const banks = Array.from(
        { length: shape.banks },
        (_, bank) => new Int32Array(pages.buffer, bank * bankPages * n, (bankPages * n) / 4),
      );
      const coefficients = new Int32Array(n / 2);
      let built = false;
      const requireBuilt = (): void => {
        if (!built) throw new TouchstoneError('engine.failed', 'No table was built.');
      };
      return {
        // A round of a small table takes a millisecond or two.
        batchWalkers: 2 ** 20,
        async build(source, onProgress = () => {}) {
          coefficients.set(source.coefficients);
          coefficients.set(source.coefficients, source.coefficients.length);
          const made = making.then(() => fill(pages, shape, source, makePages));
          making = made.catch(() => {});
          await made;
          built = true;
          onProgress(1);
        },
        async walk(keys, first, count) {
          requireBuilt();
          return walkTable({ shape, banks, coefficients }, keys, first, count);
        },
        async read(bank, first, count) {
          requireBuilt();
          const at = (bank * bankPages + first) * n;
          return pages.slice(at, at + count * n);
        },
        close: async () => {},
      };
    },
    close: async () => {},
  };
}

async function fill(
  pages: Int8Array,
  { n, banks, bankPages }: TableShape,
  { network, start }: TableSource,
  makePages: RecomputePages,
): Promise<void> {
  const pagesOf = await makePages(network);
  const total = banks * bankPages;
  for (let first = 0; first < total; first += blockPages) {
    const count = Math.min(blockPages, total - first);
    pages.set(await pagesOf(startsOfPages(start, n, first, count), count), first * n);
    // A product blocks the thread: whoever waits for a walk gets a turn.
    await nextTurn();
  }
}
