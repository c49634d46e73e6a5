import { tableOperations } from '../../protocol/shapes.js';
import type { ChipWork } from '../chip.js';
import { keepsWhole, type TableKeeping } from '../table-engine.js';

/** Says that its table is built, holds nothing, and builds it when the walk is asked for. One for each table. */
export function rebuildsOnGo(): TableKeeping {
  let built = false;
  return {
    heldBytes: () => 0,
    build(): ChipWork {
      built = false;
      return {};
    },
    read(shape, pages) {
      const reading = keepsWhole.read(shape, pages);
      if (built) return reading;
      built = true;
      // Whoever reads while it builds still has to wait for the last page that it reads.
      return { ...reading, tableOperations: tableOperations(shape) };
    },
  };
}
