import { TouchstoneError } from '../../protocol/error.js';
import { leafWalkers } from '../memory/leaves.js';
import { referenceWalk } from '../memory/walk.js';
import { referencePages } from '../pages/reference.js';
import { startsOfPages } from '../pages/start.js';
import type { PreparedTable, TableEngine, TableShape, TableSource } from './table.js';

/** The plain loops as a table engine: the measure of all others, for small tables only. */
export function createReferenceTableEngine(): TableEngine {
  return { name: 'reference', prepare: async (shape) => prepare(shape), close: async () => {} };
}

function prepare(shape: TableShape): PreparedTable {
  const { n, banks, bankPages } = shape;
  let table: { source: TableSource; pages: Int8Array } | null = null;
  let closed = false;
  const built = () => {
    if (table === null) throw new TouchstoneError('engine.failed', 'No table was built.');
    return table;
  };
  const slice = (bank: number, first: number, count: number) => {
    const at = (bank * bankPages + first) * n;
    return built().pages.subarray(at, at + count * n);
  };
  return {
    batchWalkers: leafWalkers,
    async build(source, onProgress = () => {}) {
      if (closed) throw new TouchstoneError('engine.failed', 'The table was closed.');
      const count = banks * bankPages;
      const pages = referencePages(source.network, startsOfPages(source.start, n, 0, count), count);
      table = { source, pages };
      onProgress(1);
    },
    async walk(keys, first, count) {
      const { coefficients } = built().source;
      const readPage = (bank: number, index: number) => slice(bank, index, 1);
      return Uint32Array.from({ length: count }, (_, at) =>
        referenceWalk(shape, coefficients, keys, first + at, readPage),
      );
    },
    async read(bank, first, count) {
      return slice(bank, first, count).slice();
    },
    async close() {
      closed = true;
      table = null;
    },
  };
}
