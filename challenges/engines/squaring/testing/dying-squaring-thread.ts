import { parentPort } from 'node:worker_threads';
import type { SquaringWork } from '../squaring-thread.js';

// Takes work and dies of it, but for one squaring: to that it answers with its base, as one where OpenSSL fails.
parentPort?.on('message', ({ base, squarings }: SquaringWork) => {
  if (squarings > 1) throw new Error('out of memory');
  parentPort?.postMessage({ name: 'bigint', solution: base });
});
