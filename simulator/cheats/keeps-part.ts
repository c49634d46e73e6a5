import type { TableShape } from '../../challenges/engines/table.js';
import { tableBytes, tableOperations } from '../../protocol/shapes.js';
import type { TableKeeping } from '../table-engine.js';

/**
 * Keeps part of its table and makes the other pages again whenever they are read, while it reads those that it has:
 * neither waits for the other.
 *
 * @param fraction part that is kept, 0 to 1
 */
export function recomputesMissing(fraction: number): TableKeeping {
  return {
    heldBytes: (shape) => Math.ceil(fraction * tableBytes(shape)),
    build: (shape) => ({ tableOperations: fraction * tableOperations(shape) }),
    read: (shape, pages) => ({
      bytes: fraction * pages * shape.n,
      tableOperations: (1 - fraction) * shareRead(shape, pages) * tableOperations(shape),
    }),
  };
}

/** Part of a table's pages that so many reads at random come to: a page that is read twice at once is made once. */
function shareRead({ banks, bankPages }: TableShape, reads: number): number {
  return 1 - Math.exp(-reads / (banks * bankPages));
}

/**
 * Keeps part of its table where it should be and the rest in the memory of its host, and reads from both at once.
 *
 * @param fraction part that is kept on the chip, 0 to 1
 * @param slower how many times slower the host's memory is to read: 20 to 75 over PCIe
 */
export function spillsMissing(fraction: number, slower: number): TableKeeping {
  return {
    heldBytes: (shape) => Math.ceil(fraction * tableBytes(shape)),
    build: (shape) => ({ tableOperations: tableOperations(shape) }),
    read: ({ n }, pages) => ({ bytes: pages * n * Math.max(fraction, (1 - fraction) * slower) }),
  };
}
