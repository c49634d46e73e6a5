import type { ComputeEngine, PreparedCompute } from '../engine.js';
import { cpuBatchPages, digestsByGrids, gpuBatchPages, warmUp } from '../grid.js';
import { openPageSession } from './forms.js';
import { engineNameOf } from './providers.js';
import type { OnnxOptions } from './session.js';

/**
 * The page network on ONNX Runtime. A run blocks its thread, so whoever has other work hosts the engine in a worker.
 * Nothing is loaded before `prepare`.
 */
export function createOnnxEngine(options: OnnxOptions): ComputeEngine {
  const open = new Set<PreparedCompute>();
  const name = engineNameOf(options.provider);
  return {
    name,
    async prepare(shape) {
      const { n, layers } = shape;
      const session = await openPageSession(options, { n, layers, start: 'grid', output: 'digests' });
      const digestsOf = (left: Int8Array, right: Int8Array) => session.digests({ left, right });
      const prepared: PreparedCompute = {
        batchPages: options.provider === 'cpu' ? cpuBatchPages : gpuBatchPages(shape),
        load: async (network) => session.load(network),
        digests: (start, first, count) => digestsByGrids(digestsOf, n, start, first, count),
        async close() {
          if (open.delete(prepared)) await session.close();
        },
      };
      open.add(prepared);
      try {
        await warmUp(name, prepared, shape);
        session.unload();
      } catch (error) {
        await prepared.close();
        throw error;
      }
      return prepared;
    },
    async close() {
      for (const prepared of open) await prepared.close();
    },
  };
}
