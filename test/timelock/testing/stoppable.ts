import { runSupplier, type SupplierOptions } from '../../../agent/connection/supplier.js';

/** An agent that ends for good when `stop` is called. */
export function stoppable() {
  const end = new AbortController();
  return {
    stop: () => end.abort(),
    run: (options: SupplierOptions) =>
      runSupplier({ ...options, signal: AbortSignal.any([options.signal, end.signal]) }),
  };
}
