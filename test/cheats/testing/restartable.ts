import { runSupplier, type SupplierOptions } from '../../../agent/connection/supplier.js';

/** An agent whose connection is cut by `cut`, and which comes back as if its machine had been started anew. */
export function restartable() {
  let current = new AbortController();
  return {
    cut: () => current.abort(),
    async run(options: SupplierOptions): Promise<void> {
      while (!options.signal.aborted) {
        current = new AbortController();
        await runSupplier({ ...options, signal: AbortSignal.any([options.signal, current.signal]) });
      }
    },
  };
}
