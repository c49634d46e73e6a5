import { parentPort } from 'node:worker_threads';

// A thread of the cpu engine that answers its first message, the warm-up, and dies at the next one.
let asked = 0;
parentPort?.on('message', ({ count }: { count: number }) => {
  asked += 1;
  if (asked > 1) process.exit(1);
  parentPort?.postMessage(new Uint32Array(count));
});
