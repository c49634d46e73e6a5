import { TouchstoneError } from '../../protocol/error.js';
import { type PageNetwork, wholeNetwork } from '../pages/network.js';
import { referenceDigests, referencePages } from '../pages/reference.js';
import { blockPages, startsOfPages } from '../pages/start.js';
import type { ComputeEngine, RecomputePages } from './engine.js';

/** The plain loops as an engine, some hundred times slower than ONNX Runtime: the measure of all others. */
export function createReferenceEngine(): ComputeEngine {
  return {
    name: 'reference',
    async prepare() {
      let loaded: PageNetwork | null = null;
      return {
        batchPages: blockPages,
        async load(network) {
          loaded = network;
        },
        async digests(start, first, count) {
          if (loaded === null) throw new TouchstoneError('engine.failed', 'No network was loaded.');
          return referenceDigests(loaded, startsOfPages(start, loaded.n, first, count), count);
        },
        async close() {
          loaded = null;
        },
      };
    },
    async close() {},
  };
}

/** The verifier's product by plain loops. */
export const referenceRecompute: RecomputePages = async (source) => {
  const network = wholeNetwork(source);
  return async (starts, count) => referencePages(network, starts, count);
};
