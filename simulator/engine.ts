import type { ComputeEngine, PreparedCompute } from '../challenges/engines/engine.js';
import { type ComputeShape, computeOperations } from '../protocol/shapes.js';
import type { ChipTenant } from './chip.js';

/**
 * An engine that runs on a simulated chip: every digest is really computed, by `host`, and handed out when the chip
 * has had time for it. What the host is faster at than the chip is thereby taken back, so a supplier on it can
 * answer no faster than its budget allows, whatever it tries. Of a chip's memory it holds none: a compute exam takes
 * less than a hundredth of any card's.
 */
export class ChipEngine implements ComputeEngine {
  readonly name: string;
  readonly #tenant: ChipTenant;
  readonly #host: ComputeEngine;

  /** @param name what it calls itself: an engine of the chip that is simulated, such as `onnx-cuda` */
  constructor(name: string, tenant: ChipTenant, host: ComputeEngine) {
    this.name = name;
    this.#tenant = tenant;
    this.#host = host;
  }

  async prepare(shape: Pick<ComputeShape, 'n' | 'layers' | 'pages'>): Promise<PreparedCompute> {
    const prepared = await this.#host.prepare(shape);
    const operationsPerPage = computeOperations({ ...shape, pages: 1, rounds: 1 });
    return {
      batchPages: prepared.batchPages,
      load: (network) => prepared.load(network),
      digests: async (start, first, count) => {
        const [digests] = await Promise.all([
          prepared.digests(start, first, count),
          this.#tenant.spend({ operations: operationsPerPage * count }),
        ]);
        return digests;
      },
      close: () => prepared.close(),
    };
  }

  async close(): Promise<void> {
    this.#tenant.close();
  }
}
