import type { PreparedTable, TableEngine, TableShape } from '../challenges/engines/table.js';
import { tableBytes, tableOperations } from '../protocol/shapes.js';
import type { ChipTenant, ChipWork } from './chip.js';

/** How a program keeps a table: what it takes of a chip's memory, and what making and reading it costs the chip. */
export interface TableKeeping {
  /** Bytes of the chip's memory that it holds while the table is wanted. */
  heldBytes(shape: TableShape): number;
  /** Work before it says that the table is built. */
  build(shape: TableShape): ChipWork;
  /** Work of reading so many pages, drawn at random from the whole table. */
  read(shape: TableShape, pages: number): ChipWork;
}

/** As it is meant: every page is made once and lies in the chip's memory. */
export const keepsWhole: TableKeeping = {
  heldBytes: tableBytes,
  build: (shape) => ({ tableOperations: tableOperations(shape) }),
  read: ({ n }, pages) => ({ bytes: pages * n }),
};

/**
 * A table engine on a simulated chip: the table really lies on the host and is really walked there, and results are
 * handed out when the chip has had time for them. Its memory is the chip's: what does not fit is refused.
 */
export class ChipTableEngine implements TableEngine {
  readonly name: string;
  readonly #tenant: ChipTenant;
  readonly #host: TableEngine;
  readonly #keeping: TableKeeping;

  /** @param name what it calls itself: a table engine of the chip that is simulated, such as `webgpu` */
  constructor(name: string, tenant: ChipTenant, host: TableEngine, keeping: TableKeeping = keepsWhole) {
    this.name = name;
    this.#tenant = tenant;
    this.#host = host;
    this.#keeping = keeping;
  }

  async prepare(shape: TableShape): Promise<PreparedTable> {
    this.#tenant.hold(this.#keeping.heldBytes(shape));
    const prepared = await this.#host.prepare(shape);
    return {
      batchWalkers: prepared.batchWalkers,
      build: async (source, onProgress) => {
        await Promise.all([
          prepared.build(source, onProgress),
          this.#tenant.spend(this.#keeping.build(shape)),
        ]);
      },
      walk: async (keys, first, count) => {
        const [results] = await Promise.all([
          prepared.walk(keys, first, count),
          this.#tenant.spend(this.#keeping.read(shape, count * shape.steps)),
        ]);
        return results;
      },
      read: (bank, first, count) => prepared.read(bank, first, count),
      close: async () => {
        this.#tenant.hold(0);
        await prepared.close();
      },
    };
  }

  async close(): Promise<void> {
    this.#tenant.close();
  }
}
